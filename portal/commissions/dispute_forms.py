"""What both sides may write in a dispute.  Shape only: the business judges the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from models.commissions.disputes import ABOUT_A_LINE, Decision, DisputeReason, Missing, Objection
from models.commissions.disputes.rules import LONGEST
from models.money import Money
from portal.fields import FilesField, MoneyField, NeededSometimes, TidyField

VERBS = {
    "accept": "Accept: the partner is right",
    "accept_in_part": "Accept a part of it",
    "deny": "Deny: the line is right",
}


class ObjectionForm(FlaskForm):
    reason = SelectField("What is wrong?", [InputRequired("Choose what is wrong.")])
    text = TextAreaField(
        "Say it in your words",
        [InputRequired("Write what is wrong."), Length(max=LONGEST)],
        description="What you expected, and why. Finance reads it word for word.",
    )

    def objection(self) -> Objection:
        return Objection(
            reason=DisputeReason(self.reason.data),
            text=self.text.data or "",
            amount=self["amount"].data,
            claimed=self["claimed"].data,
        )


def objection_form(most: Money, *, fresh: bool = False) -> ObjectionForm:
    """The form for one line; most: how much of it can be disputed."""
    parts = {
        "amount": MoneyField(
            "Amount in question",
            validators=[InputRequired("Enter how much of the line is in question.")],
            currency=most.currency,
            description=f"In {most.currency}: the whole line, or a part of it.",
        ),
        "claimed": MoneyField(
            "What the line should be",
            validators=[Optional()],
            currency=most.currency,
            description=f"In {most.currency}, if you know it.",
        ),
        "files": FilesField("Evidence", validators=[Optional()]),
    }
    form = type("LineObjectionForm", (ObjectionForm,), parts)(
        **({"formdata": None} if fresh else {})
    )
    form.reason.choices = [("", "Choose"), *((one.value, one.words) for one in ABOUT_A_LINE)]
    if fresh:
        form.amount.data = most
    return form


class MissingForm(FlaskForm):
    month = SelectField("Statement", [InputRequired("Choose the month.")])
    sale = TidyField(
        "Which sale",
        [InputRequired("Say which sale it is."), Length(max=200)],
        description="Its invoice or order, the customer, and the day.",
    )
    deal = TidyField(
        "Your deal", [Optional(), Length(max=20)], description="Such as D-4K7QXMP, if it has one."
    )
    text = TextAreaField(
        "Why it should be there",
        [InputRequired("Write why it should be there."), Length(max=LONGEST)],
        description="Finance reads it word for word.",
    )

    def missing(self, deal_id: UUID | None) -> Missing:
        return Missing(
            sale=self.sale.data or "",
            month=self.month.data,
            text=self.text.data or "",
            expected=self["expected"].data,
            deal_id=deal_id,
        )


def missing_form(
    currency: str, months: Sequence[tuple[str, str]], *, fresh: Mapping[str, str] | None = None
) -> MissingForm:
    """months: (2026-11, how it reads).  fresh: what an empty form begins with."""
    parts = {
        "expected": MoneyField(
            "What it should have earned",
            validators=[InputRequired("Enter what it should have earned.")],
            currency=currency,
            description=f"Your commission, in {currency}.",
        ),
        "files": FilesField("Evidence", validators=[Optional()]),
    }
    form = type("MissingSaleForm", (MissingForm,), parts)(
        **({} if fresh is None else {"formdata": None, "data": fresh})
    )
    form.month.choices = months
    return form


class SendBackForm(FlaskForm):
    reason = TextAreaField(
        "Why it goes back",
        [InputRequired("Say why, so that it can be decided anew."), Length(max=LONGEST)],
    )


class WritingForm(FlaskForm):
    text = TextAreaField(
        "What you know",
        [InputRequired("Write what you know."), Length(max=LONGEST)],
        description="The other side reads it word for word.",
    )
    files = FilesField("Files", validators=[Optional()])


class DecisionForm(FlaskForm):
    verb = RadioField("Decision", [InputRequired("Choose a decision.")], choices=VERBS)
    answer = TextAreaField(
        "What the partner reads",
        [InputRequired("Write why: the partner reads it word for word."), Length(max=LONGEST)],
    )

    def decision(self) -> Decision:
        added = None if self.verb.data == "deny" else self["added"].data
        return Decision(self.verb.data, self.answer.data or "", added)


def decision_form(currency: str, asked: Money | None, *, fresh: bool = False) -> DecisionForm:
    """asked: what the partner asks for on top of the line; None when it names no figure."""
    hint = f"In {currency}; not needed when you deny."
    if asked is not None:
        hint += f" The partner asks for {asked.major:,}; left empty, accepting adds that."
    added = MoneyField(
        "What is added to the line",
        validators=[NeededSometimes(), Optional()],
        currency=currency,
        description=hint,
    )
    form = type("DisputeDecisionForm", (DecisionForm,), {"added": added})
    return form(**({"formdata": None} if fresh else {}))
