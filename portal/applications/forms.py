"""What applicants and reviewers may type.  Shape only."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from models.applications import Enquiry
from models.partners import PartnerRole
from portal.fields import TidyField, UpperField, country_choices, email_field

ROLE_CHOICES = {
    PartnerRole.RESELLER.value: "Reseller: we buy and sell",
    PartnerRole.VAR.value: "Value-added reseller: we sell with services of our own",
    PartnerRole.DISTRIBUTOR.value: "Distributor: we supply resellers",
    PartnerRole.AGENT.value: "Agent: we bring business together",
    PartnerRole.OUTSOURCED.value: "Outsourced sales: we sell in your name",
}


class ApplicationForm(FlaskForm):
    company = TidyField("Company", [InputRequired("Enter the company's name."), Length(max=200)])
    role = SelectField("What you are", [InputRequired()], choices=ROLE_CHOICES, coerce=PartnerRole)
    country = SelectField("Country", [InputRequired("Choose a country.")], choices=country_choices)
    town = TidyField("Town", [InputRequired("Enter the town."), Length(max=35)])
    domain = TidyField("Web address", [Length(max=253)], description="Such as company.com.")
    contact_name = TidyField("Your name", [InputRequired("Enter your name."), Length(max=200)])
    contact_email = email_field("Your e-mail address")
    contact_phone = TidyField("Your phone", [Length(max=40)])
    about = TextAreaField(
        "Whom you sell to, and what",
        [InputRequired("Tell us in a sentence or two."), Length(min=30, max=4000,
         message="Tell us in a sentence or two: at least 30 characters.")],
        description="In a sentence or two.",
    )  # fmt: skip
    website = StringField("Leave this empty")
    """A trap for robots: people do not see it."""

    def enquiry(self) -> Enquiry:
        return Enquiry(
            company=self.company.data,
            role=self.role.data,
            country=self.country.data,
            town=self.town.data,
            domain=self.domain.data,
            contact_name=self.contact_name.data,
            contact_email=self.contact_email.data,
            contact_phone=self.contact_phone.data,
            about=self.about.data,
        )


class QuestionForm(FlaskForm):
    question = TextAreaField(
        "Question", [InputRequired("Write what you want to know."), Length(max=2000)],
        description="It is mailed word for word; the answer comes to your mailbox.",
    )  # fmt: skip


class DeclineForm(FlaskForm):
    reason = TextAreaField(
        "Reason", [InputRequired("Say why."), Length(max=2000)],
        description="The applicant reads it word for word.",
    )  # fmt: skip


class AcceptForm(FlaskForm):
    role = SelectField("Role", [InputRequired()], choices=ROLE_CHOICES, coerce=PartnerRole)
    currency = UpperField(
        "Paid in", [InputRequired("Enter a currency."), Length(min=3, max=3)],
        description="An ISO code such as EUR.",
    )  # fmt: skip
    channel_manager = SelectField("Channel manager", [InputRequired("Choose one.")])
    administrator_email = email_field(
        "Administrator's e-mail address",
        description="Gets the invitation and manages the company's people.",
    )
