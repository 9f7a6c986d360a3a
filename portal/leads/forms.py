"""What people may type about leads.  Shape only."""

from __future__ import annotations

from uuid import UUID

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from models.leads import LeadDetails
from portal.fields import TidyField, UpperField, country_choices


class LeadForm(FlaskForm):
    company = TidyField("Company", [InputRequired("Enter the company's name."), Length(max=200)])
    country = SelectField("Country", [InputRequired("Choose the country.")])
    subdivision = UpperField("State or province", [Length(max=6)], description="Such as US-WA.")
    postal_code = TidyField("Postal code", [Length(max=16)])
    domain = TidyField("Web address", [Length(max=253)])
    family = SelectField("Product family", default="")
    contact_name = TidyField("Contact", [Length(max=200)])
    contact_email = TidyField("Their e-mail address", [Length(max=254)])
    contact_phone = TidyField("Their phone", [Length(max=40)])
    note = TextAreaField(
        "Note", [Length(max=2_000)], description="The partner to whom it is offered reads it."
    )

    def offer(self, families: dict[str, str]) -> None:
        self.country.choices = country_choices()
        self.family.choices = {"": "Not known yet"} | families

    def details(self) -> LeadDetails:
        plain = ("company", "country", "subdivision", "postal_code", "domain", "contact_name",
                 "contact_email", "contact_phone", "note")  # fmt: skip
        said = {name: getattr(self, name).data or "" for name in plain}
        return LeadDetails(**said, family_id=UUID(self.family.data) if self.family.data else None)


class FileForm(FlaskForm):
    file = FileField("File", [FileRequired("Choose a file.")])


class OfferForm(FlaskForm):
    partner = TidyField(
        "Partner", [InputRequired("Name a partner.")], description="Number or exact name."
    )


class WhyForm(FlaskForm):
    why = TextAreaField("Why", [InputRequired("Write why."), Length(max=1_000)])
