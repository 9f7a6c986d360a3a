"""What may be typed about complaints.  Shape only: the business judges the rest."""

from __future__ import annotations

from uuid import UUID

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from models.complaints import LONGEST, ComplaintKind, Grievance, Outcome
from portal.fields import TidyField, email_field


def _words(label: str, missing: str, hint: str) -> TextAreaField:
    """A text of either side."""
    return TextAreaField(label, [InputRequired(missing), Length(max=LONGEST)], description=hint)


class ComplaintForm(FlaskForm):
    kind = SelectField(
        "What is it about?",
        [InputRequired("Choose what it is about.")],
        choices={"": "Choose"} | {one.value: one.words for one in ComplaintKind},
    )
    about_person = SelectField(
        "Whom is it about?",
        [Optional()],
        description="They never hear it, nor does anybody who answers to them.",
    )
    matter = TidyField(
        "Number of the deal, claim, dispute, conflict case, statement or payout",
        [Length(max=30)],
        description="Nobody who took part in it hears your complaint.",
    )
    text = _words(
        "What happened?", "Write what happened.", "Only you and whoever hears it read this."
    )

    def grievance(self) -> Grievance:
        person = self.about_person.data
        return Grievance(
            kind=ComplaintKind(self.kind.data),
            text=self.text.data or "",
            about_person_id=UUID(person) if person else None,
            matter=self.matter.data or "",
        )


class ApplicantForm(FlaskForm):
    number = TidyField(
        "Number of your application",
        [InputRequired("Enter the number that our letter names."), Length(max=20)],
        description="Such as A-4K7QXMP; it stands in our letter.",
    )
    contact_email = email_field("The e-mail address with which you applied")
    text = _words(
        "Why is the decision wrong?", "Write why.", "Somebody who did not decide reads it."
    )
    website = StringField("Leave this empty")
    """A trap for robots: people do not see it."""


class WritingForm(FlaskForm):
    words = _words("Write", "Write something.", "The other side reads it word for word.")


class HandOnForm(FlaskForm):
    why = _words(
        "Why", "Write why.", "The author and the next one read it, such as: I know them privately."
    )


class AnswerForm(FlaskForm):
    outcome = RadioField(
        "Outcome",
        [InputRequired("Choose an outcome.")],
        choices={one.value: one.words for one in Outcome},
    )
    answer = _words(
        "Answer", "Write the answer.", "The author reads it word for word: what you found, and why."
    )
