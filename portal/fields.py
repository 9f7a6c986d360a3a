"""Form fields of our own: what people type, turned into what the business means."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar

import pycountry
from flask_wtf.file import MultipleFileField
from wtforms import EmailField, Field, StringField
from wtforms.validators import InputRequired, Length, Regexp, ValidationError
from wtforms.widgets import TextInput

from models import files
from models.errors import Refused
from models.money import Money, exponent, is_currency
from portal.formats import has_decimal_comma, plain_money
from portal.typed_numbers import Unreadable, number_of


class MoneyField(Field):
    """An amount typed as 1250 or 1,250.00 or 1.250,00, read as exact Money.

    currency: an ISO code, or a function that gives it when the form is read; or None, when
        only `in_currency` says it, before which nothing is read.
    `data` is None when nothing was typed.
    """

    widget = TextInput()

    def __init__(
        self, label: str, *, currency: str | Callable[[], str] | None, **options: Any
    ) -> None:
        super().__init__(label, **options)
        self.__currency = currency

    @property
    def currency(self) -> str:
        """Raises ValueError before it is known."""
        currency = self.__currency() if callable(self.__currency) else self.__currency
        if currency is None:
            raise ValueError("in_currency has not been called")
        return currency

    def in_currency(self, currency: str) -> None:
        """Read what was typed, in a currency that was not known when the form was made."""
        self.__currency = currency
        if self.raw_data:
            self.process_errors = []
            try:
                self.process_formdata(self.raw_data)
            except ValidationError as no:
                self.process_errors.append(str(no))

    def _value(self) -> str:
        if self.raw_data:
            return self.raw_data[0]
        return plain_money(self.data) if self.data is not None else ""

    def process_formdata(self, values: list[str]) -> None:
        self.data = None
        typed = (values[0] if values else "").strip()
        if not typed or self.__currency is None:
            return
        currency = self.currency
        places = exponent(currency)
        try:
            number = number_of(typed, places=places, is_comma=has_decimal_comma())
        except Unreadable as no:
            raise ValidationError(
                str(no) or "Enter an amount in digits, such as 1250.00."
            ) from None
        try:
            self.data = Money.of(number, currency)
        except ValueError:
            raise ValidationError(
                f"{currency} has {places or 'no'} decimals; enter a whole "
                f"{'cent' if places else 'amount'}."
            ) from None
        if abs(self.data.minor) > 10**15:
            self.data = None
            raise ValidationError("This amount is too large. Check the number of digits.")


class RatioField(Field):
    """A percentage or a rate: a point or a comma before its decimals, as many as are typed.

    places: as of portal.typed_numbers; None only for what never has thousands.
    """

    widget = TextInput()

    def __init__(self, label: str, *words: Any, places: int | None, **options: Any) -> None:
        super().__init__(label, *words, **options)
        self._places = places

    def _value(self) -> str:
        if self.raw_data:
            return self.raw_data[0]
        return f"{self.data:f}" if self.data is not None else ""

    def process_formdata(self, values: list[str]) -> None:
        self.data: Decimal | None = None
        typed = (values[0] if values else "").strip()
        if not typed:
            return
        try:
            self.data = number_of(typed, places=self._places)
        except Unreadable as no:
            raise ValidationError(str(no) or "Enter a number in digits, such as 8.5.") from None


class TidyField(StringField):
    """A line of text without the blanks around it; None-free: empty when nothing was typed."""

    def process_formdata(self, values: list[str]) -> None:
        self.data = " ".join((values[0] if values else "").split())


class UpperField(TidyField):
    """A code such as US, EUR or BIC: upper case, no blanks."""

    def process_formdata(self, values: list[str]) -> None:
        super().process_formdata(values)
        self.data = (self.data or "").replace(" ", "").upper()


class CurrencyField(UpperField):
    """An ISO 4217 code."""

    def pre_validate(self, form: Any) -> None:
        if self.data and not is_currency(self.data):
            raise ValidationError("Enter an ISO 4217 code such as EUR.")


class FilesField(MultipleFileField):
    """Files to attach; each must be of a kind that we take.  Read them with `uploads`."""

    def __init__(self, label: str = "Files", **options: Any) -> None:
        limit = f"{files.ACCEPTED}; each at most {files.LARGEST // 1_000_000} MB."
        options.setdefault("description", limit)
        super().__init__(label, **options)
        self.uploads: list[files.Upload] = []

    def process_formdata(self, values: list[Any]) -> None:
        super().process_formdata(values)
        self.uploads = [files.Upload(sent.filename, sent.read()) for sent in self.data or []]

    def pre_validate(self, form: Any) -> None:
        for upload in self.uploads:
            try:
                files.media_type_of(upload)
            except Refused as no:
                raise ValidationError(f"{no}") from None


def uploads(field: FilesField) -> list[files.Upload]:
    """What was sent in a field that has been validated; a browser does not send it again."""
    return field.uploads


class NeededSometimes:
    """A validator that refuses nothing: the field is neither required nor marked optional,
    because what was chosen elsewhere decides; its hint says when."""

    field_flags: ClassVar = {"conditional": True}

    def __call__(self, form: Any, field: Any) -> None:
        return


def put_refusal(field: Field, refusal: Refused) -> None:
    """Show what the business refused beside the field that can mend it."""
    field.errors = [*field.errors, str(refusal)]


def email_field(label: str = "E-mail address", **options: Any) -> EmailField:
    return EmailField(
        label,
        [
            InputRequired("Enter an e-mail address."),
            Length(max=254),
            Regexp(
                r"\s*[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s.,;<>\"]+\s*$",
                message="Enter an e-mail address such as name@company.com.",
            ),
        ],
        **options,
    )


@cache
def country_choices() -> dict[str, str]:
    """Names by ISO code, in the order of names, with a first line for none."""
    named = [(c.alpha_2, getattr(c, "common_name", c.name)) for c in pycountry.countries]
    return {"": "Choose a country"} | dict(sorted(named, key=lambda pair: pair[1]))
