"""What staff may correct about a customer.  Shape only."""

from __future__ import annotations

import pycountry
from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from models.customers import Customer, CustomerDetails, CustomerKind
from portal.fields import TidyField, UpperField
from portal.formats import words

COUNTRIES = dict(
    sorted(
        ((each.alpha_2, getattr(each, "common_name", each.name)) for each in pycountry.countries),
        key=lambda each: each[1],
    )
)


class CustomerForm(FlaskForm):
    name = TidyField("Name", [InputRequired("Enter the customer's name."), Length(max=200)])
    kind = SelectField("Kind", choices={each.value: words(each) for each in CustomerKind})
    domain = TidyField(
        "Web address",
        [Length(max=253)],
        description="Such as acme.com. An address at a free mail service says nothing.",
    )
    street = TidyField("Street", [Length(max=120)])
    postal_code = UpperField("Postal code", [Length(max=16)])
    town = TidyField("Town", [Length(max=80)])
    subdivision = UpperField(
        "State or province",
        [Optional(), Regexp(r"^[A-Z]{2}-[A-Z0-9]{1,3}$", message="Write its code, such as US-WA.")],
        description="ISO code, such as US-WA.",
    )
    country = SelectField("Country", [InputRequired()], choices=COUNTRIES)
    vat_id = UpperField(
        "VAT number", [Length(max=20)], description="With its country, DE136695976."
    )
    duns = UpperField("DUNS number", [Length(max=11)])
    lei = UpperField("LEI", [Length(max=20)])
    naics = UpperField(
        "Industry",
        [Optional(), Regexp(r"^[0-9]{2,6}$", message="Two to six digits, such as 522110.")],
        description="NAICS code, two to six digits.",
    )
    employees = IntegerField("Employees", [Optional(), NumberRange(0, 10_000_000)])

    def details(self, customer: Customer) -> CustomerDetails:
        typed = {field.name: field.data for field in self if field.name != "csrf_token"}
        kind = CustomerKind(typed.pop("kind"))
        return CustomerDetails(**typed, kind=kind, external_id=customer.external_id)
