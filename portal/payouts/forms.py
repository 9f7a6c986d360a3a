"""What people may type about payouts.  Shape only."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, SelectChoice, SelectField
from wtforms.validators import InputRequired, Length, ValidationError

from models.calendars import first_day
from models.money import is_currency
from models.payouts import FAILURES
from portal.fields import TidyField, UpperField


class PrepareForm(FlaskForm):
    period = TidyField(
        "Month",
        [InputRequired("Enter the month as year and month, such as 2026-10.")],
        description="The last closed month to be paid, such as 2026-10. Older unpaid statements "
        "are paid too.",
    )
    currency = UpperField("Currency", [InputRequired("Enter a currency, such as EUR.")])

    def validate_period(self, field: TidyField) -> None:
        try:
            first_day(field.data)
        except ValueError:
            raise ValidationError("Write the month as year and month, such as 2026-10.") from None

    def validate_currency(self, field: UpperField) -> None:
        if not is_currency(field.data):
            raise ValidationError("Enter an ISO 4217 code, such as EUR.")


class ReleaseForm(FlaskForm):
    seen = HiddenField(validators=[InputRequired()])


class ReasonForm(FlaskForm):
    reason = TidyField(
        "Reason",
        [InputRequired("Say why; the next person will want to know."), Length(max=500)],
    )


class PaymentForm(FlaskForm):
    reference = TidyField(
        "Reference",
        [InputRequired("Enter the reference of the payment."), Length(max=140)],
        description="As on our bank statement. The partner sees it on the remittance advice.",
    )
    paid_on = DateField(
        "Paid on", [InputRequired("Enter the day as year-month-day, such as 2026-11-30.")]
    )


class FailureForm(FlaskForm):
    why = SelectField(
        "What the bank says",
        [InputRequired()],
        choices=[
            SelectChoice(why.value, f"{why.value}: {words}")
            for why, words in FAILURES.items()
            if why.value.isupper()
        ],
    )
    note = TidyField("More", [Length(max=300)], description="The partner reads these words.")
