"""What people may type about deals.  Shape only: whether it is allowed is the business's to say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from models.deals import (
    ForecastCategory,
    Question,
    RejectReason,
    Stage,
    Visibility,
)
from portal.fields import country_choices

MOST_LINES = 20
ANY_DAY = "Enter a day, such as 2026-11-30."


def words(choices: Iterable[Any]) -> list[SelectChoice]:
    """Of an enum whose members have words for people."""
    return [SelectChoice(choice.value, choice.words) for choice in choices]


def countries() -> list[SelectChoice]:
    return [SelectChoice(code, name) for code, name in country_choices().items()]


class ReasonForm(FlaskForm):
    """A text that somebody will read word for word."""

    text = TextAreaField("Reason", [InputRequired("Write a reason."), Length(max=2000)])


class RejectForm(FlaskForm):
    """`for_passive_sale` leaves out the reason that competition law forbids, and says why."""

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

    def for_passive_sale(self) -> RejectForm:
        outside = RejectReason.OUTSIDE_TERRITORY.value
        self.code.choices = [each for each in self.code.choices if each.value != outside]
        self.code.description = (
            "The customer came to the partner by itself. In the EU, the EEA and the UK a territory "
            "is no reason to refuse it, so that reason is not offered."
        )
        return self


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
