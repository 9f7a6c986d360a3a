"""What people may type about territories, absences and addresses to try.  Shape only."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    Form,
    FormField,
    IntegerField,
    SelectField,
    SelectMultipleField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from models import vendor
from models.partners import PartnerRole
from models.territories import Area, AreaKind, TerritoryStatus
from portal.database import session
from portal.fields import MoneyField, TidyField, UpperField
from portal.formats import words

KINDS = {
    "": "–",
    AreaKind.COUNTRY.value: "Country",
    AreaKind.SUBDIVISION.value: "State or province",
    AreaKind.POSTAL.value: "Postal code",
    AreaKind.ACCOUNT.value: "Named account",
    AreaKind.REGION.value: "Region",
    AreaKind.GLOBAL.value: "Whole world",
}
ROLES = {each.value: words(each) for each in PartnerRole} | {PartnerRole.VAR.value: "VAR"}
BLANK_ROWS = 3
MOST_ROWS = 500
NAICS = re.compile(r"[0-9]{2,6}|[0-9]{2}-[0-9]{2}")


def base_currency() -> str:
    return vendor.settings(session).base_currency


class ChecksField(SelectMultipleField):
    """Several of a few, as checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class AreaForm(Form):
    """One place; a row without kind and value is blank."""

    kind = SelectField("Kind", choices=KINDS)
    value = TidyField("Which", [Length(max=253)])
    country = UpperField("Country of a postal code", [Length(max=2)])
    is_exclusion = BooleanField("Cut out")

    @property
    def is_blank(self) -> bool:
        return not self.kind.data and not self.value.data

    def validate_value(self, field: TidyField) -> None:
        if self.is_blank:
            return
        if not self.kind.data:
            raise ValidationError("Choose the kind of place.")
        try:
            self.area()
        except ValueError as error:
            raise ValidationError(str(error)) from None

    def area(self) -> Area:
        return Area.read(self.kind.data, self.value.data, self.country.data)


def uuid_or_none(value: Any) -> UUID | None:
    return UUID(str(value)) if value else None


class TerritoryForm(FlaskForm):
    name = TidyField("Name", [InputRequired("Enter a name."), Length(max=120)])
    status = SelectField("State", choices={each.value: words(each) for each in TerritoryStatus})
    areas = FieldList(FormField(AreaForm), max_entries=MOST_ROWS)
    parent_id = SelectField(
        "Belongs to",
        coerce=uuid_or_none,
        description="Its managers look after this one too, where it names none.",
    )
    channel_manager_id = SelectField("Channel manager", coerce=uuid_or_none)
    sales_manager_id = SelectField("Sales manager", coerce=uuid_or_none)
    owner = TidyField(
        "Partner",
        [Length(max=200)],
        description="Number or exact name of the partner whose territory it is; empty: nobody's.",
    )
    is_exclusive = BooleanField(
        "Exclusive",
        description="Deals of other partners go to a person first. In the EU, the EEA and the UK "
        "a customer who comes unasked may not be refused.",
    )
    from_on = DateField("From", [Optional()])
    to_on = DateField("Until before", [Optional()], description="First day that is no longer in.")
    priority = IntegerField(
        "Priority",
        [Optional(), NumberRange(-1000, 1000)],
        default=0,
        description="The higher wins where nothing else tells two territories apart.",
    )
    quota = MoneyField(
        "Quota a year",
        currency=base_currency,
        description="What is to be won there, in the base currency.",
    )
    minimum = MoneyField(
        "Minimum a year",
        currency=base_currency,
        description="What the partner has committed to, in the base currency.",
    )
    products = ChecksField("Only for product families")
    partner_roles = ChecksField("Only for partners that are", choices=ROLES)
    naics = TidyField(
        "Only for industries", description="NAICS codes or their beginnings, such as 5221 31-33."
    )
    employees_from = IntegerField("Employees from", [Optional(), NumberRange(0, 10_000_000)])
    employees_to = IntegerField("Employees to", [Optional(), NumberRange(0, 10_000_000)])

    def offer(
        self,
        *,
        parents: Iterable[tuple[UUID, str]],
        channel_managers: Iterable[tuple[UUID, str]],
        sales_managers: Iterable[tuple[UUID, str]],
        families: dict[str, str],
    ) -> None:
        """Fill the choices that only the database knows, and leave room for more places."""
        self.parent_id.choices = _with_none(parents, "Nothing above")
        self.channel_manager_id.choices = _with_none(channel_managers, "As above, or the default")
        self.sales_manager_id.choices = _with_none(sales_managers, "As above, or the default")
        self.products.choices = families

    def leave_room(self) -> None:
        for _ in range(BLANK_ROWS):
            if len(self.areas) < MOST_ROWS:
                self.areas.append_entry()

    def validate_naics(self, field: TidyField) -> None:
        wrong = [code for code in (field.data or "").split() if not NAICS.fullmatch(code)]
        if wrong:
            raise ValidationError(f"{wrong[0]} is no industry: write 5221 or a range like 31-33.")

    def drawn(self, *, excluded: bool) -> list[Area]:
        return [
            entry.form.area()
            for entry in self.areas
            if not entry.form.is_blank and entry.form.is_exclusion.data is excluded
        ]


class AddressForm(Form):
    """An address to try; asked by GET, so that the question can be shared."""

    country = SelectField("Country", default="")
    subdivision = UpperField("State or province", [Length(max=6)], description="Such as US-WA.")
    postal = TidyField("Postal code", [Length(max=16)])
    domain = TidyField("Web address or account", [Length(max=253)])
    product = SelectField("Product family", default="")
    naics = UpperField("Industry", [Length(max=6)], description="NAICS code.")
    employees = IntegerField("Employees", [Optional(), NumberRange(0, 10_000_000)])
    partner_role = SelectField("Registered by", choices={"": "–"} | ROLES, default="")
    on = DateField("On", [Optional()])


class AbsenceForm(FlaskForm):
    person_id = SelectField("Who is away", [InputRequired("Choose who.")], coerce=uuid_or_none)
    delegate_id = SelectField("Who stands in", [InputRequired("Choose who.")], coerce=uuid_or_none)
    from_on = DateField("From", [InputRequired("Enter the first day away.")])
    through = DateField(
        "Through", [InputRequired("Enter the last day away.")], description="The last day away."
    )


def _with_none(choices: Iterable[tuple[UUID, str]], none: str) -> dict[str, str]:
    return {"": none} | {str(key): name for key, name in choices}
