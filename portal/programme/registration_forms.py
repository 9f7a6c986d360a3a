"""The rules of registration as the administrator sets them, each with what it does.  Shape only."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from models.deals import CHOOSABLE, Ask, TenderPolicy
from models.partners import Tier
from models.territories import ExclusivePolicy
from portal.fields import MoneyField

BY_TIER = {"capacity": (0, 100_000)}
"""Settings that a tier may have of its own, and between which numbers."""


def _number(label: str, least: int, most: int, description: str) -> IntegerField:
    bounds = NumberRange(least, most, f"Enter a whole number from {least:,} to {most:,}.")
    return IntegerField(label, [InputRequired("Enter a number."), bounds], description=description)


class DaysField(StringField):
    """Whole numbers of days, separated by commas, such as 14, 7, 1."""

    def process_formdata(self, values: list[str]) -> None:
        said = values[0] if values else ""
        self.data = ", ".join(part.strip() for part in said.split(","))

    def pre_validate(self, form: Any) -> None:
        parts = (self.data or "").split(", ")
        if not all(part.isdecimal() and 1 <= int(part) <= 365 for part in parts) or len(parts) > 6:
            raise ValidationError("Enter up to six numbers from 1 to 365, such as 14, 7, 1.")


class RegistrationForm(FlaskForm):
    protection_days = _number(
        "Protection", 1, 730, "Days that an approved deal is protected; the last day is included."
    )
    extension_days = _number(
        "Extension", 0, 365, "Days that the one extension adds. 0: protection is not extended."
    )
    extension_activity_days = _number(
        "Activity before an extension", 1, 365,
        "An extension needs something that the partner wrote in so many days before it asks.",
    )  # fmt: skip
    reminder_days = DaysField(
        "Reminders",
        [InputRequired("Enter at least one number.")],
        description="How many days before the end the partner is reminded. Counts for deals that "
        "are approved or extended from now on.",
    )
    decision_business_days = _number(
        "Decision clock", 1, 30,
        "Business days in which a registration is answered. The partner sees the clock.",
    )  # fmt: skip
    minimum_deal = MoneyField(
        "Smallest deal",
        currency=None,
        validators=[InputRequired("Enter an amount; 0 takes every size.")],
        description="In the base currency; smaller ones are not registered. 0: every size is.",
    )
    lookback_months = _number(
        "New customer after", 1, 120,
        "Months without a purchase of the product family after which a customer counts as new.",
    )  # fmt: skip
    incumbent_months = _number(
        "Incumbent", 1, 120,
        "Who holds the contract is heard on renewals and goes first; "
        "where none runs any more, whoever sold the family in so many months.",
    )  # fmt: skip
    incumbent_comment_days = _number(
        "Comment of the incumbent", 1, 30,
        "Business days in which it may comment on somebody else's renewal; the decision clock "
        "starts after that.",
    )  # fmt: skip
    tender_policy = SelectField(
        "Public tenders",
        [InputRequired()],
        choices=[SelectChoice(policy.value, policy.words) for policy in TenderPolicy],
        description="The partner is told before it submits.",
    )
    exclusive_policy = SelectField(
        "In another's exclusive territory",
        [InputRequired()],
        choices=[SelectChoice(policy.value, policy.words) for policy in ExclusivePolicy],
        description="What becomes of a registration there. In the EU, the EEA and the UK a "
        "customer who came to the partner by itself is never refused: competition law protects "
        "such sales, so a channel manager decides.",
    )
    territory_notice_days = _number(
        "Notice before a territory changes", 7, 365,
        "Days before a partner's claimed territory ends, opens or asks for more. Meanwhile the "
        "partner may protest.",
    )  # fmt: skip
    precheck_tells_protection = BooleanField(
        "A pre-check tells until when a customer is protected",
        description="Never for whom. Otherwise it says only that a person will look.",
    )
    precheck_tells_engagement = BooleanField(
        "A pre-check tells that our own sales people are engaged"
    )
    win_tolerance_percent = _number(
        "Value of a win", 0, 100,
        "Orders may leave the registered value by so many percent before a win is approved again.",
    )  # fmt: skip
    early_win_hours = _number(
        "Early win", 0, 720, "A deal won within so many hours of its begin is looked at."
    )


def _of_tier(name: str, tier: Tier) -> IntegerField:
    least, most = BY_TIER[name]
    bounds = NumberRange(least, most, f"Enter a whole number from {least:,} to {most:,}.")
    return IntegerField(f"Tier {tier.value}", [Optional(), bounds])


for _name in BY_TIER:
    for _tier in Tier:
        setattr(RegistrationForm, f"{_name}_{_tier.value}", _of_tier(_name, _tier))

GROUPS = {
    "Protection": (
        "protection_days", "extension_days", "extension_activity_days", "reminder_days",
        "decision_business_days",
    ),
    "What may be registered": (
        "minimum_deal", "lookback_months", "incumbent_months", "incumbent_comment_days",
        "tender_policy", "exclusive_policy", "precheck_tells_protection",
        "precheck_tells_engagement",
    ),
    "Claimed territories": ("territory_notice_days",),
    "Winning": ("win_tolerance_percent", "early_win_hours"),
}  # fmt: skip


class TypeForm(FlaskForm):
    is_offered = BooleanField("Offered to partners")
    guidance = TextAreaField(
        "What the partner reads", [Length(max=400)], description="When this type is the right one."
    )


def _asked(label: str) -> Field:
    return SelectField(label, choices=[SelectChoice(ask.value, ask.words) for ask in Ask])


for _field, _label in CHOOSABLE.items():
    setattr(TypeForm, _field, _asked(_label))
