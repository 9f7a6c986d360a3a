"""What a partner may type to register a deal, by the type of the registration.  Shape only."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    Form,
    FormField,
    IntegerField,
    SelectChoice,
    SelectField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from models.deals import CHOOSABLE, DealType, TypeRules
from portal.deals.forms import countries
from portal.fields import MoneyField, TidyField, UpperField

MOST_LINES = 20


class Screen(StrEnum):
    """Registering takes two screens; whoever sends no name of one sends both."""

    CUSTOMER = "customer"
    DEAL = "deal"
    BOTH = "both"


ON_FIRST = frozenset(
    {
        "kind",
        "customer_name",
        "customer_country",
        "customer_domain",
        "customer_town",
        "customer_postal_code",
        "customer_subdivision",
        "customer_vat_id",
        "came_unasked",
    }
)
"""Who the customer is and what kind of deal: that decides what the second screen asks."""

EARLIER = {
    DealType.RENEWAL: "Order or contract that is renewed",
    DealType.EXPANSION: "Order that is expanded",
}


class Marked(InputRequired):
    """Marks a field as required to submit; a draft may lack it, so the view judges it."""

    def __init__(self) -> None:
        super().__init__()
        self.field_flags = {"required": True}

    def __call__(self, form: Any, field: Any) -> None:
        return


def line_form(currency: str, products: Sequence[SelectChoice]) -> type[Form]:
    """One product of a registration."""

    class LineForm(Form):
        product = SelectField(
            "Product",
            [Marked()],
            choices=[SelectChoice("", "Choose a product"), *products],
            default="",
        )
        quantity = IntegerField(
            "Quantity", [Marked(), Optional(), NumberRange(1, 1_000_000, "Enter 1 or more.")]
        )
        unit = MoneyField(
            f"Price of one, {currency}",
            currency=currency,
            validators=[Optional()],
            description="Empty: your list price.",
        )

    return LineForm


class AnswerPart(FlaskForm):
    """What goes with an answer; taken out of a form that answers nothing."""

    note = TextAreaField("Your answer", [InputRequired("Write your answer."), Length(max=4000)])


class CustomerPart(AnswerPart):
    """The first screen."""

    kind = SelectField("Kind of deal", [Marked()])
    customer_name = TidyField("Company", [Marked(), Length(max=200)])
    customer_country = SelectField("Country", [Marked()], choices=countries(), default="")
    customer_domain = TidyField("Web site", [Length(max=253)])
    customer_town = TidyField("Town", [Length(max=80)])
    customer_postal_code = TidyField("Postal code", [Length(max=16)])
    customer_subdivision = UpperField(
        "State or province", [Length(max=6)], description="Such as US-WA."
    )
    customer_vat_id = UpperField("VAT number", [Length(max=20)])
    came_unasked = BooleanField(
        "The customer came to us",
        description="By itself, without our having spoken to it first. In the EU, the EEA and the "
        "UK nobody is refused such a customer because the area belongs to another partner.",
    )


class DealPart(CustomerPart):
    """The second screen, but for the products: what some types ask and others do not."""

    expected_close_on = DateField("Expected order", [Optional()])
    project = TidyField(
        "Project",
        [Length(max=120)],
        description="If the customer has several at once. Empty: all it buys of the family.",
    )
    problem = TextAreaField("What problem does the customer want solved?", [Length(max=4000)])
    tender_number = TidyField("Number or title of the tender", [Length(max=80)])
    tender_published_on = DateField(
        "Publication", [Optional()], description="The day on which it is, or will be, public."
    )
    previous_order = TidyField(CHOOSABLE["previous_order"], [Length(max=80)])
    previous_ends_on = DateField("It ends on", [Optional()])
    replaces = TidyField("Whose product is replaced?", [Length(max=120)])
    replace_reason = TextAreaField("Why do they replace it?", [Length(max=4000)])
    competitors = TidyField("Competitors", [Length(max=300)])
    contact_name = TidyField("Name", [Length(max=200)])
    contact_email = TidyField("E-mail address", [Length(max=254)])
    contact_title = TidyField("Role", [Length(max=120)])
    contact_phone = TidyField("Phone", [Length(max=40)])


def registration_form(currency: str, products: Sequence[SelectChoice]) -> type[FlaskForm]:
    """The form of one partner: its currency, and the products on offer, by family."""
    line = line_form(currency, products)

    class RegistrationForm(DealPart):
        lines = FieldList(FormField(line), min_entries=1, max_entries=MOST_LINES)

    return RegistrationForm


def fit_to_type(form: Any, rules: TypeRules) -> None:
    """Mark what this type requires, and call things by its names."""
    for name in rules.required:
        form[name].flags.required = True
    form.previous_order.label.text = EARLIER.get(rules.kind, CHOOSABLE["previous_order"])
    if "problem" in rules.required:
        form.problem.description = "At least 50 characters. It tells us why this deal is yours."


def only_on(form: Any, screen: Screen, rules: TypeRules) -> None:
    """Take out of the form what this screen does not show, or this type does not ask."""
    for name in [field.name for field in form]:
        is_hidden = name in CHOOSABLE and name not in rules.shown
        is_elsewhere = screen in (Screen.CUSTOMER, Screen.DEAL) and (
            (name in ON_FIRST) != (screen is Screen.CUSTOMER)
        )
        if name != "csrf_token" and name != "note" and (is_hidden or is_elsewhere):
            del form[name]
