"""What people may write in a conflict case.  Shape only: the business judges the rest."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask_wtf import FlaskForm
from sqlalchemy import Row
from wtforms import SelectChoice, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from models.deals.conflicts import Decision, Outcome, Rule
from portal.fields import FilesField

LONGEST = 4_000


class EvidenceForm(FlaskForm):
    text = TextAreaField(
        "What you know",
        [InputRequired("Write what you know."), Length(max=LONGEST)],
        description="Whom you met and when, what was offered, what the customer said.",
    )
    files = FilesField()


class AppealForm(FlaskForm):
    text = TextAreaField(
        "Why it should be decided otherwise",
        [InputRequired("Write why."), Length(max=LONGEST)],
        description="Somebody else than before reads it. There is one appeal.",
    )


class DecisionForm(FlaskForm):
    """Who is right, by which rule; a text for each party is added by `decision_form`."""

    verdict = SelectField("Decision", [InputRequired("Choose a decision.")])
    rule = SelectField("By the rule", [InputRequired("Choose the rule that decides.")])

    side_ids: tuple[UUID, ...] = ()

    def decision(self) -> Decision:
        verdict, texts = self.verdict.data, {side: self[f"text_{side}"] for side in self.side_ids}
        is_other = verdict in {outcome.value for outcome in Outcome}
        return Decision(
            outcome=Outcome(verdict) if is_other else Outcome.PARTNER,
            favoured=None if is_other else UUID(verdict),
            rule=Rule(self.rule.data),
            texts={side: field.data or "" for side, field in texts.items()},
        )


def decision_form(
    parties: Sequence[Row], *, has_vendor: bool, chosen: Rule, fresh: bool = False
) -> DecisionForm:
    """The form of one case: its parties to choose from, and a text for each.

    parties: rows of `party_deals`.  fresh: empty, whatever was sent.
    """
    texts = {
        f"text_{row.side_id}": TextAreaField(
            f"What {row.Partner.name} reads",
            [InputRequired("Write what this party reads."), Length(max=LONGEST)],
            description="Word for word. Name neither the other party nor its deal.",
        )
        for row in parties
    }
    form = type("CaseDecisionForm", (DecisionForm,), texts)(**({"formdata": None} if fresh else {}))
    form.side_ids = tuple(row.side_id for row in parties)
    form.verdict.choices = [
        SelectChoice("", "Choose"),
        *(
            SelectChoice(str(row.side_id), f"In favour of {row.Partner.name} ({row.Deal.number})")
            for row in parties
        ),
        *(SelectChoice(o.value, o.words) for o in Outcome if _is_offered(o, has_vendor)),
    ]
    form.rule.choices = [SelectChoice(rule.value, rule.words) for rule in Rule]
    if fresh:
        form.rule.data = chosen.value
    return form


def _is_offered(outcome: Outcome, has_vendor: bool) -> bool:
    return outcome is not Outcome.PARTNER and (has_vendor or outcome is not Outcome.VENDOR)
