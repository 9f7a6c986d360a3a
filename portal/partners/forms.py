"""What people may type about a partner.  Shape only; whether it fits is the business's to say."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from models.partners import PartnerRole, Profile, Tier
from models.partners.profiles import TAX_FORMS
from models.payouts.terms import LONGEST_TAIL_MONTHS
from portal.fields import NeededSometimes, TidyField, UpperField, country_choices, email_field

ROLE_CHOICES = {
    PartnerRole.RESELLER.value: "Reseller",
    PartnerRole.VAR.value: "VAR (value-added reseller)",
    PartnerRole.DISTRIBUTOR.value: "Distributor",
    PartnerRole.AGENT.value: "Agent",
    PartnerRole.OUTSOURCED.value: "Outsourced sales",
}


class ProfileForm(FlaskForm):
    """Lengths are those of a bank's structured address."""

    legal_name = TidyField(
        "Legal name", [Length(max=200)], description="If it is not the name above."
    )
    street = TidyField("Street", [Length(max=70)])
    building = TidyField("Number", [Length(max=16)])
    postal_code = TidyField("Postal code", [Length(max=16)])
    town = TidyField("Town", [Length(max=35)])
    subdivision = TidyField(
        "State or region", [Length(max=6)], description="Its ISO code, such as WA or BY."
    )
    phone = TidyField("Phone", [Length(max=40)])
    domain = TidyField("Web address", [Length(max=253)])
    vat_id = TidyField("VAT ID", [Length(max=20)], description="With or without the country.")
    tax_id = TidyField("Tax number", [Length(max=40)], description="Such as EIN, BN or ABN.")
    tax_form = SelectField("Tax form on file", choices=TAX_FORMS)

    def profile(self) -> Profile:
        return Profile(
            legal_name=self.legal_name.data,
            street=self.street.data,
            building=self.building.data,
            postal_code=self.postal_code.data,
            town=self.town.data,
            subdivision=self.subdivision.data,
            phone=self.phone.data,
            domain=self.domain.data,
            vat_id=self.vat_id.data,
            tax_id=self.tax_id.data,
            tax_form=self.tax_form.data,
        )


class TermsForm(FlaskForm):
    """What the vendor decides about a partner."""

    name = TidyField("Name", [InputRequired("Enter the company's name."), Length(max=200)])
    role = SelectField("Role", [InputRequired()], choices=ROLE_CHOICES, coerce=PartnerRole)
    tier = SelectField(
        "Tier",
        [InputRequired()],
        choices={tier.value: tier.value.title() for tier in Tier},
        coerce=Tier,
        description="Prices follow it at once, commission for what is won from tomorrow on.",
    )
    currency = UpperField(
        "Currency", [InputRequired("Enter a currency."), Length(min=3, max=3)],
        description="In which it is paid; an ISO code such as EUR.",
    )  # fmt: skip
    channel_manager = SelectField("Channel manager", [Optional()], validate_choice=True)


class NewPartnerForm(FlaskForm):
    name = TidyField("Name", [InputRequired("Enter the company's name."), Length(max=200)])
    role = SelectField("Role", [InputRequired()], choices=ROLE_CHOICES, coerce=PartnerRole)
    country = SelectField("Country", [InputRequired("Choose a country.")], choices=country_choices)
    currency = UpperField(
        "Currency", [InputRequired("Enter a currency."), Length(min=3, max=3)],
        description="In which it is paid; an ISO code such as EUR.",
    )  # fmt: skip
    town = TidyField("Town", [Length(max=35)])
    domain = TidyField("Web address", [Length(max=253)])
    channel_manager = SelectField("Channel manager", [Optional()], validate_choice=True)


class AgreementForm(FlaskForm):
    signed_on = DateField("Signed on", [InputRequired("Enter the day on the agreement.")])


class DistributorForm(FlaskForm):
    distributor = SelectField("Buys through", [Optional()], validate_choice=True)
    from_on = DateField("From", [InputRequired("Enter the first day.")])


class AdministratorForm(FlaskForm):
    name = TidyField("Name", [InputRequired("Enter their name."), Length(max=200)])
    email = email_field()


class ReasonForm(FlaskForm):
    reason = TextAreaField(
        "Reason", [InputRequired("Say why."), Length(max=2000)],
        description="The partner reads it word for word.",
    )  # fmt: skip


class EndForm(ReasonForm):
    tail_months = IntegerField(
        "Tail in months",
        [InputRequired("Enter the months; 0 for none."), NumberRange(0, LONGEST_TAIL_MONTHS)],
        description="As its agreement says: so long its customers' payments still earn.",
    )


class DestinationForm(FlaskForm):
    kind = RadioField(
        "How to pay",
        [InputRequired("Choose one.")],
        choices={
            "sepa": "To a bank account in Europe, by SEPA",
            "ach": "To a bank account in the United States, by ACH",
            "by_hand": "By hand, as described",
        },
        default="sepa",
    )
    holder = TidyField(
        "Account holder",
        [InputRequired("Enter the holder's name as the bank knows it."), Length(max=70)],
        description="Exactly as the bank knows it; banks compare the name.",
    )
    iban = UpperField(
        "IBAN", [NeededSometimes(), Length(max=34)], description="Needed for an account in Europe."
    )
    bic = UpperField(
        "BIC",
        [NeededSometimes(), Length(max=11)],
        description="Only for accounts outside the EU and EEA.",
    )
    routing_number = TidyField(
        "Routing number",
        [NeededSometimes(), Length(max=20)],
        description="Needed for an account in the United States: nine digits.",
    )
    account = TidyField(
        "Account number",
        [NeededSometimes(), Length(max=30)],
        description="Needed for an account in the United States.",
    )
    is_savings = BooleanField("This is a savings account")
    instructions = TextAreaField(
        "How to pay by hand",
        [NeededSometimes(), Length(max=500)],
        description="Needed for payment by hand: such as a cheque, and where to.",
    )

    def validate_iban(self, field: Any) -> None:
        if self.kind.data == "sepa" and not field.data:
            raise ValidationError("Enter the IBAN.")

    def validate_routing_number(self, field: Any) -> None:
        if self.kind.data == "ach" and not field.data:
            raise ValidationError("Enter the routing number.")

    def validate_account(self, field: Any) -> None:
        if self.kind.data == "ach" and not field.data:
            raise ValidationError("Enter the account number.")

    @property
    def mends_refusal(self) -> Any:
        """The field beside which a refusal of the whole stands."""
        return {"sepa": self.iban, "ach": self.routing_number}.get(
            self.kind.data, self.instructions
        )
