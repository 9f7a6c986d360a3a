"""What an administrator types about an approval rule.  Shape only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask_wtf import FlaskForm
from wtforms import FieldList, Form, FormField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from models.approvals import ApproverKind, RuleDetails, Step
from models.deals import DealType
from models.partners import Tier
from portal.fields import MoneyField, TidyField
from portal.formats import words

BLANK_STEPS = 2
MOST_STEPS = 10


class ChecksField(SelectMultipleField):
    """Several of a few, as checkboxes; none chosen means all."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class StepForm(Form):
    """One approval; a row without an approver is blank."""

    stage = SelectField(
        "When",
        choices={str(at): f"{name} step" for at, name in enumerate(
            ("First", "Second", "Third", "Fourth", "Fifth"))},
    )  # fmt: skip
    approver = SelectField("Who approves", default="")


def rule_form(
    currency: str, staff: Iterable[tuple[UUID, str]], known_families: dict[str, str]
) -> type[FlaskForm]:
    """The form of one rule, with the people and families there are."""
    by_part = {kind.value: kind.words for kind in ApproverKind if kind is not ApproverKind.PERSON}
    approvers = {"": "Nobody"} | by_part | {str(key): name for key, name in staff}

    class OfferedStep(StepForm):
        approver = SelectField("Who approves", choices=approvers, default="")

    class RuleForm(FlaskForm):
        name = TidyField("Name", [InputRequired("Give the rule a name."), Length(max=120)])
        from_value = MoneyField("From", currency=currency, validators=[Optional()])
        to_value = MoneyField(
            "To below", currency=currency, validators=[Optional()], description="Empty: no end."
        )
        tiers = ChecksField("Tiers", choices={tier.value: words(tier) for tier in Tier})
        kinds = ChecksField("Types", choices={kind.value: kind.words for kind in DealType})
        families = ChecksField("Product families", choices=known_families)
        regions = TidyField(
            "Regions", [Length(max=300)],
            description="Regions or countries, such as DACH FR. Empty: everywhere.",
        )  # fmt: skip
        steps = FieldList(FormField(OfferedStep), max_entries=MOST_STEPS)

    return RuleForm


def leave_room(form: Any) -> None:
    for _ in range(BLANK_STEPS):
        if len(form.steps) < MOST_STEPS:
            form.steps.append_entry()


def details_of(form: Any) -> RuleDetails:
    return RuleDetails(
        name=form.name.data,
        from_minor=form.from_value.data.minor if form.from_value.data else 0,
        to_minor=form.to_value.data.minor if form.to_value.data else None,
        tiers=form.tiers.data or [],
        kinds=form.kinds.data or [],
        families=form.families.data or [],
        regions=form.regions.data.upper().replace(",", " ").split(),
        steps=tuple(_step(entry.form) for entry in form.steps if entry.form.approver.data),
    )


def _step(row: Any) -> Step:
    stage, said = int(row.stage.data), row.approver.data
    if said in set(ApproverKind):
        return Step(stage, ApproverKind(said))
    return Step(stage, ApproverKind.PERSON, UUID(said))
