"""What people may type about invoices, payments and credit notes.  Shape only."""

from __future__ import annotations

from collections.abc import Callable

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, FieldList, Form, FormField, IntegerField, SelectField
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    ValidationError,
)

from models.errors import Refused
from models.money import is_currency
from models.sales import RefusedSale
from portal.fields import MoneyField, TidyField, UpperField, put_refusal

EARNS = {"": "Catalogue", "yes": "Yes", "no": "No"}
ANY_DAY = "Enter the day as year-month-day, such as 2026-11-30."

Currency = Callable[[], str]


def payment_form(currency: str) -> type[FlaskForm]:
    class PaymentForm(FlaskForm):
        reference = TidyField(
            "Reference",
            [DataRequired("Enter the bank's name for the payment."), Length(max=80)],
            description="As on the bank statement. An invoice has each reference once.",
        )
        paid_at = DateField("Paid on", [InputRequired(ANY_DAY)])
        amount = MoneyField(
            "Amount",
            currency=currency,
            validators=[InputRequired("Enter the amount that came in.")],
            description=f"In {currency}, with tax and freight.",
        )

    return PaymentForm


def credit_note_form(currency: str) -> type[FlaskForm]:
    class CreditNoteForm(FlaskForm):
        number = TidyField(
            "Number",
            [DataRequired("Enter the number of the credit note."), Length(max=60)],
            description="As in your accounts.",
        )
        issued_at = DateField("Issued on", [InputRequired(ANY_DAY)])
        amount = MoneyField(
            "Net amount",
            currency=currency,
            validators=[InputRequired("Enter what is taken back.")],
            description=f"In {currency}. Tax and freight follow in proportion.",
        )
        reason = TidyField(
            "Reason",
            [DataRequired("Write why; the partner reads it."), Length(max=200)],
            description="The partner reads these words.",
        )

    return CreditNoteForm


def line_form(currency: Currency) -> type[Form]:
    class LineForm(Form):
        sku = TidyField("Article", [Length(max=64)])
        quantity = IntegerField("Pieces", [Optional(), NumberRange(1, 10**9, "1 or more.")])
        amount = MoneyField("Net amount", currency=currency)
        commissionable = SelectField("Earns", choices=EARNS, default="")

        @property
        def is_blank(self) -> bool:
            return not self.sku.data and self.quantity.data is None and self.amount.data is None

        def validate_sku(self, field: TidyField) -> None:
            if not self.is_blank and not field.data:
                raise ValidationError("Enter the article number, or a word for what it is.")

        def validate_amount(self, field: MoneyField) -> None:
            if not self.is_blank and field.data is None:
                raise ValidationError("Enter the net amount of the whole line.")

    return LineForm


def invoice_form(currency: Currency, *, has_deal: bool) -> type[FlaskForm]:
    """With a deal, the deal says partner, customer and currency."""

    class InvoiceForm(FlaskForm):
        number = TidyField(
            "Invoice number",
            [DataRequired("Enter the number of the invoice."), Length(max=60)],
            description="As in your accounts.",
        )
        issued_on = DateField("Issued on", [InputRequired(ANY_DAY)])
        tax = MoneyField("Tax", currency=currency)
        freight = MoneyField("Freight", currency=currency)
        lines = FieldList(FormField(line_form(currency)))

    if has_deal:
        return InvoiceForm

    class LooseInvoiceForm(InvoiceForm):
        partner = UpperField(
            "Partner number",
            [DataRequired("Enter the number of the partner.")],
            description="From the partner's page, such as P-7HM2KQV.",
        )
        customer = TidyField(
            "Customer", [DataRequired("Enter the name of the customer."), Length(max=200)]
        )
        customer_country = UpperField(
            "Country of the customer",
            [DataRequired("Enter the ISO code of the country."), Length(2, 2)],
            description="ISO code, such as DE.",
        )
        currency = UpperField("Currency", [DataRequired("Enter a currency such as EUR.")])

        def validate_currency(self, field: UpperField) -> None:
            if not is_currency(field.data):
                raise ValidationError("Enter an ISO 4217 code such as EUR.")

    return LooseInvoiceForm


class ImportForm(FlaskForm):
    file = FileField(
        "File",
        [FileRequired("Choose the CSV file.")],
        description="CSV in UTF-8, up to 2,000 rows. Your spreadsheet saves it as “CSV UTF-8”.",
    )


def show_refusal(form: FlaskForm, refusal: Refused, *, field: str = "") -> None:
    """Put what the business refused beside the field that it is about."""
    about = refusal.field if isinstance(refusal, RefusedSale) else field
    if about in form:
        put_refusal(form[about], refusal)
    else:
        form.form_errors.append(str(refusal))
