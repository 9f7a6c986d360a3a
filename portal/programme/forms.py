"""What the administrator may set, each with what it does.  Shape only."""

from __future__ import annotations

from zoneinfo import available_timezones

from flask_wtf import FlaskForm
from stdnum import bic, iban
from stdnum.exceptions import ValidationError as BadNumber
from wtforms import EmailField, IntegerField, RadioField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from models.errors import Refused
from models.money import is_currency
from models.partners.us_accounts import checked_routing_number
from models.taxes import FormPolicy
from portal.fields import TidyField, UpperField


class ProgrammeForm(FlaskForm):
    name = TidyField("Name", [InputRequired(), Length(max=200)])
    legal_name = TidyField(
        "Legal name",
        [InputRequired(), Length(max=200)],
        description="As on contracts and invoices.",
    )
    street = TidyField("Street", [Length(max=70)])
    building = TidyField("Number", [Length(max=16)])
    postal_code = TidyField("Postal code", [Length(max=16)])
    town = TidyField("Town", [Length(max=35)])
    country = UpperField(
        "Country", [InputRequired(), Length(min=2, max=2)], description="ISO code, such as DE."
    )
    vat_id = UpperField("VAT number", [Length(max=20)])
    base_currency = UpperField("Base currency", [InputRequired(), Length(min=3, max=3)])
    time_zone = TidyField(
        "Time zone",
        [InputRequired()],
        description="Days, months and clocks of the programme begin and end in it. "
        "Such as Europe/Berlin.",
    )
    mail_from = EmailField("Sender of mails", [InputRequired(), Length(max=254)])
    iban = UpperField(
        "IBAN", [Optional()], description="The account that SEPA payouts are drawn on."
    )
    bic = UpperField("BIC", [Optional()])
    tax_form_policy = RadioField(
        "When a W-9 or W-8 is missing",
        [InputRequired()],
        choices={policy.value: policy.words for policy in FormPolicy},
        default=FormPolicy.BLOCK.value,
        description="Only asked by vendors in the United States.",
    )
    ach_routing_number = TidyField(
        "Routing number for ACH",
        [Optional()],
        description="Of our bank in the United States; payouts in US dollars leave by its file.",
    )
    ach_bank_name = TidyField("Name of that bank", [Length(max=23)])
    ach_company_id = TidyField(
        "Company identification at that bank",
        [Length(max=10)],
        description="Ten characters that the bank assigns, often 1 and the tax number.",
    )
    destination_hold_hours = IntegerField(
        "Hold after a change of bank details",
        [InputRequired(), NumberRange(0, 720)],
        description="Hours in which a partner is not paid after its details were changed.",
    )

    def validate_base_currency(self, field: UpperField) -> None:
        if not is_currency(field.data):
            raise ValidationError("Enter an ISO 4217 code such as EUR.")

    def validate_time_zone(self, field: TidyField) -> None:
        if field.data not in available_timezones():
            raise ValidationError("Enter a name such as Europe/Berlin or America/New_York.")

    def validate_iban(self, field: UpperField) -> None:
        try:
            iban.validate(field.data)
        except BadNumber:
            raise ValidationError("This is no IBAN: check it digit by digit.") from None

    def validate_ach_routing_number(self, field: TidyField) -> None:
        try:
            field.data = checked_routing_number(field.data)
        except Refused as no:
            raise ValidationError(str(no)) from None

    def validate_bic(self, field: UpperField) -> None:
        try:
            bic.validate(field.data)
        except BadNumber:
            raise ValidationError("A BIC has 8 or 11 characters, such as COBADEFFXXX.") from None
