"""What people may type about appeals, changes, letters and revocations.  Shape only."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from models.deals import RevokeReason
from portal.fields import FilesField

OFFERED = (RevokeReason.STALE, RevokeReason.UNTRUE, RevokeReason.AGREEMENT_ENDED)


class RevokeForm(FlaskForm):
    code = SelectField(
        "Reason",
        [InputRequired("Choose a reason.")],
        choices=[
            SelectChoice("", "Choose"),
            *(SelectChoice(reason.value, reason.words) for reason in OFFERED),
        ],
    )
    text = TextAreaField(
        "What the partner reads",
        [InputRequired("Write what the partner will read."), Length(max=2000)],
        description="Word for word.",
    )


class AppealForm(FlaskForm):
    text = TextAreaField(
        "Why should the decision be another?",
        [InputRequired("Write why the decision should be another."), Length(max=4000)],
        description="Somebody who did not decide reads it. There is one appeal for each deal.",
    )


class JudgementForm(FlaskForm):
    granted = RadioField(
        "The appeal",
        [InputRequired("Choose one.")],
        choices=[
            SelectChoice("yes", "is right: approve the deal"),
            SelectChoice("no", "is not right: the rejection stands"),
        ],
    )
    text = TextAreaField(
        "What the partner reads",
        [InputRequired("Write what the partner will read."), Length(max=2000)],
        description="Word for word.",
    )


class LetterForm(FlaskForm):
    letter = FilesField("The customer's letter")
    text = TextAreaField(
        "Who wrote it, and when?",
        [InputRequired("Write who wrote the letter, and when."), Length(max=2000)],
    )

    def validate_letter(self, field: Any) -> None:
        if len(field.uploads) != 1:
            raise ValidationError("Attach the one letter in which the customer says so.")
