"""What people may type about deals.  Shape only: whether it is allowed is the business's to say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    FieldList,
    Form,
    FormField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from models.deals import (
    DealType,
    ForecastCategory,
    Question,
    RejectReason,
    Stage,
    Visibility,
)
from portal.fields import MoneyField, TidyField, UpperField, country_choices

MOST_LINES = 20
ANY_DAY = "Enter a day, such as 2026-11-30."


def words(choices: Iterable[Any]) -> list[SelectChoice]:
    """Of an enum whose members have words for people."""
    return [SelectChoice(choice.value, choice.words) for choice in choices]


def countries() -> list[SelectChoice]:
    return [SelectChoice(code, name) for code, name in country_choices().items()]


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


def registration_form(currency: str, products: Sequence[SelectChoice]) -> type[FlaskForm]:
    """The form of one partner: its currency, and the products on offer, by family."""
    line = line_form(currency, products)

    class RegistrationForm(AnswerPart):
        customer_name = TidyField("Company", [Marked(), Length(max=200)])
        customer_country = SelectField("Country", [Marked()], choices=countries(), default="")
        customer_domain = TidyField("Web site", [Length(max=253)])
        customer_town = TidyField("Town", [Length(max=80)])
        customer_postal_code = TidyField("Postal code", [Length(max=16)])
        customer_subdivision = UpperField(
            "State or province", [Length(max=6)], description="Such as US-WA."
        )
        customer_vat_id = UpperField("VAT number", [Length(max=20)])
        lines = FieldList(FormField(line), min_entries=1, max_entries=MOST_LINES)
        expected_close_on = DateField("Expected order", [Marked(), Optional()])
        problem = TextAreaField(
            "What problem does the customer want solved?",
            [Marked(), Length(max=4000)],
            description="At least 50 characters. It tells us why this deal is yours.",
        )
        kind = SelectField(
            "Kind of deal", choices=words(DealType), default=DealType.NEW_BUSINESS.value
        )
        competitors = TidyField("Competitors", [Length(max=300)])
        contact_name = TidyField("Name", [Marked(), Length(max=200)])
        contact_email = TidyField("E-mail address", [Marked(), Length(max=254)])
        contact_title = TidyField("Role", [Length(max=120)])
        contact_phone = TidyField("Phone", [Length(max=40)])

    return RegistrationForm


class ReasonForm(FlaskForm):
    """A text that somebody will read word for word."""

    text = TextAreaField("Reason", [InputRequired("Write a reason."), Length(max=2000)])


class RejectForm(FlaskForm):
    code = SelectField(
        "Reason",
        [InputRequired("Choose a reason.")],
        choices=[SelectChoice("", "Choose"), *words(RejectReason)],
    )
    text = TextAreaField(
        "What the partner reads",
        [InputRequired("Write what the partner will read."), Length(max=2000)],
        description="Word for word. Say what would make it possible.",
    )


class AskForm(FlaskForm):
    fields_asked = SelectMultipleField(
        "About",
        [InputRequired("Choose at least one part.")],
        choices=words(Question),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description="Only these open again for the partner; the clock stands still meanwhile.",
    )
    text = TextAreaField("Your question", [InputRequired("Write your question."), Length(max=2000)])


class WinForm(FlaskForm):
    order_number = TidyField(
        "Order number", [InputRequired("Enter the customer's order number."), Length(max=80)]
    )
    won_on = DateField("Ordered on", [InputRequired(ANY_DAY)])
    support_contact = TidyField(
        "Who supports the customer",
        [InputRequired("Enter a name or an e-mail address."), Length(max=200)],
        description="The hand-over: whom they call after the sale.",
    )
    starts_on = DateField("Delivery or start", [InputRequired(ANY_DAY)])
    renews_on = DateField("Renewal", [Optional()])


class CommentForm(FlaskForm):
    text = TextAreaField("Comment", [InputRequired("Write a comment."), Length(max=4000)])
    visibility = RadioField(
        "Who reads it",
        choices=[
            SelectChoice(Visibility.ALL.value, "The partner and us"),
            SelectChoice(Visibility.VENDOR_ONLY.value, "Only us"),
        ],
        default=Visibility.ALL.value,
    )


class StageForm(FlaskForm):
    stage = SelectField("Stage", choices=words(Stage))


class ForecastForm(FlaskForm):
    category = SelectField("Forecast", choices=words(ForecastCategory))
