"""What people may type about claims.  Shape only."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from models.claims import Change, RefuseReason
from portal.fields import FilesField, MoneyField, TidyField, country_choices

NAICS_HINT = "NAICS codes or their beginnings, such as 5221 31-33. Empty: every industry."
PLACES_HINT = (
    "Paste what you like: countries (DE), states (US-WA), postal codes (94103, 941*, 80-81), "
    "between blanks, commas or on lines of their own."
)


class ToSubmit(InputRequired):
    """Marks a field as required to submit; a draft may lack it, so the business judges it."""

    def __init__(self) -> None:
        super().__init__()
        self.field_flags = {"required": True}

    def __call__(self, form: Any, field: Any) -> None:
        return


class TermsPart(FlaskForm):
    """Where, what, for whom, how long, how much."""

    places = TextAreaField("Places", [ToSubmit(), Length(max=12_000)], description=PLACES_HINT)
    country = SelectField("Country of the postal codes", default="")
    cut_out = TextAreaField(
        "Without", [Length(max=12_000)], description="Places inside it that you leave out."
    )
    products = SelectMultipleField(
        "Product families",
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description="None ticked: all of them.",
    )
    naics = TidyField("Industries", [Length(max=400)], description=NAICS_HINT)
    employees_from = IntegerField("Employees from", [Optional(), NumberRange(0, 10_000_000)])
    employees_to = IntegerField("Employees to", [Optional(), NumberRange(0, 10_000_000)])
    is_exclusive = BooleanField(
        "Exclusive",
        description="Nobody else is given it meanwhile. In the EU, the EEA and the UK others may "
        "still serve customers who come to them unasked.",
    )
    from_on = DateField("From", [ToSubmit(), Optional()])
    through = DateField(
        "Through", [ToSubmit(), Optional()], description="The last day; that day included."
    )
    minimum = MoneyField(
        "Minimum each quarter",
        currency=None,
        validators=[Optional()],
        description="What you commit to win there in each quarter. Of a part of a quarter its "
        "share counts.",
    )

    def offer(self, *, families: dict[str, str], currency: str) -> None:
        self.country.choices = [SelectChoice(*pair) for pair in country_choices().items()]
        self.products.choices = [SelectChoice(*pair) for pair in families.items()]
        self.minimum.in_currency(currency)


class ClaimForm(TermsPart):
    name = TidyField("What you call it", [Length(max=120)], description="Such as Upper Bavaria.")
    plan = TextAreaField(
        "Business plan",
        [ToSubmit(), Length(max=20_000)],
        description="Who works there, which customers first, what you expect. At least 50 "
        "characters.",
    )
    files = FilesField("Files")


class LimitForm(TermsPart):
    reason = TextAreaField(
        "Why",
        [InputRequired("Write why."), Length(max=2_000)],
        description="The partner reads it word for word.",
    )


class TextForm(FlaskForm):
    """A text that somebody will read word for word."""

    text = TextAreaField("Your words", [InputRequired("Write a few words."), Length(max=2_000)])


class NoteForm(FlaskForm):
    text = TextAreaField("Your words", [Length(max=2_000)])


class RefuseForm(FlaskForm):
    code = SelectField(
        "Reason",
        [InputRequired("Choose a reason.")],
        choices=[SelectChoice("", "Choose")]
        + [SelectChoice(r.value, r.words) for r in RefuseReason],
    )
    text = TextAreaField(
        "What the partner reads",
        [InputRequired("Write what the partner will read."), Length(max=2_000)],
        description="Word for word. Say what would make it possible.",
    )


class NoticeForm(FlaskForm):
    change = SelectField("What changes", choices=[SelectChoice(c.value, c.words) for c in Change])
    on = DateField("From", [InputRequired("Enter the first day on which it is so.")])
    minimum = MoneyField(
        "New minimum each quarter",
        currency=None,
        validators=[Optional()],
        description="Only where the minimum changes.",
    )
    text = TextAreaField(
        "Why",
        [InputRequired("Write why."), Length(max=2_000)],
        description="The partner reads it word for word, and may protest until that day.",
    )


class ProtestAnswerForm(FlaskForm):
    stays = RadioField(
        "The change",
        [InputRequired("Choose one.")],
        choices=[SelectChoice("yes", "stays as announced"), SelectChoice("no", "is taken back")],
    )
    text = TextAreaField(
        "Why",
        [InputRequired("Write why."), Length(max=2_000)],
        description="The partner reads it word for word.",
    )


def with_currency(form: Any, currency: str) -> Any:
    form.minimum.in_currency(currency)
    return form
