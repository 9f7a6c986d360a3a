"""The rules of registration as the administrator sets them, each with what it does.  Shape only."""

from __future__ import annotations

from datetime import date
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
from portal.fields import MoneyField, UpperField

BY_TIER = {"decision_days_by_tier": (1, 30), "capacity": (0, 100_000)}
"""Settings that a tier may have of its own, and between which numbers."""


def _number(label: str, least: int, most: int, description: str) -> IntegerField:
    bounds = NumberRange(least, most, f"Enter a whole number from {least:,} to {most:,}.")
    return IntegerField(label, [InputRequired("Enter a number."), bounds], description=description)


class DaysField(StringField):
    """Whole numbers of days, separated by commas, such as 14, 7, 1."""

    def pre_validate(self, form: Any) -> None:
        parts = [part.strip() for part in (self.data or "").split(",")]
        if not all(part.isdecimal() and 1 <= int(part) <= 365 for part in parts) or len(parts) > 6:
            raise ValidationError("Enter up to six numbers from 1 to 365, such as 14, 7, 1.")
        self.data = ", ".join(str(int(part)) for part in parts)


class DatesField(TextAreaField):
    """Days as 2026-12-24, one a line; `data` is a list of ISO dates, in order."""

    def _value(self) -> str:
        return self.raw_data[0] if self.raw_data else "\n".join(self.data or ())

    def process_formdata(self, values: list[str]) -> None:
        try:
            days = {date.fromisoformat(day) for day in (values[0] if values else "").split()}
        except ValueError:
            raise ValidationError("Write each day as in 2026-12-24, one a line.") from None
        self.data = sorted(day.isoformat() for day in days)


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
    clock_warn_percent = _number(
        "Warning", 1, 99, "Share of the clock, in percent, after which the managers are reminded."
    )
    clock_escalate_percent = _number(
        "Second call", 101, 500,
        "Share of the clock, in percent, after which the next manager is called. At 100 percent "
        "the deal's own managers are.",
    )  # fmt: skip
    holiday_subdivision = UpperField(
        "Region of your holidays",
        [Length(max=6)],
        description="ISO code without the country, such as BY for Bavaria: its public holidays "
        "stop the clock, too.",
    )
    closed_days = DatesField(
        "Further days off",
        description="Days on which nobody decides, such as 2026-12-24, one a line.",
    )
    appeal_business_days = _number(
        "Appeal", 1, 60, "Business days after a no in which the partner may appeal, once."
    )
    participants_may_approve = BooleanField(
        "Staff who take part in a deal may approve it",
        description="Nobody ever approves what they have submitted.",
    )
    minimum_deal = MoneyField(
        "Smallest deal",
        currency="EUR",
        validators=[InputRequired("Enter an amount; 0 takes every size.")],
        description="In the base currency; smaller ones are not registered. 0: every size is.",
    )
    lookback_months = _number(
        "New customer after", 1, 120,
        "Months without a purchase of the product family after which a customer counts as new.",
    )  # fmt: skip
    incumbent_months = _number(
        "Incumbent", 1, 120,
        "Whoever sold the product family in so many months is heard on renewals and goes first.",
    )  # fmt: skip
    incumbent_comment_days = _number(
        "Comment of the incumbent", 1, 30,
        "Business days in which it may comment on somebody else's renewal; the decision clock "
        "starts after that.",
    )  # fmt: skip
    tender_policy = SelectField(
        "Public tenders",
        choices=[SelectChoice(policy.value, policy.words) for policy in TenderPolicy],
        description="The partner is told before it submits.",
    )
    precheck_tells_protection = BooleanField(
        "A pre-check tells until when a customer is protected",
        description="Never for whom. Otherwise it says only that a person will look.",
    )
    precheck_tells_engagement = BooleanField(
        "A pre-check tells that our own sales people are engaged"
    )
    material_change_percent = _number(
        "Change of an approved deal", 0, 100,
        "A value that changes by more percent than that is approved again. Another customer or "
        "product family always is.",
    )  # fmt: skip
    stale_days = _number(
        "Silence", 1, 365, "Days without a word after which the partner is warned."
    )
    stale_grace_days = _number(
        "Silence after the warning", 1, 365, "So many days later the deal may be revoked."
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
    ),
    "Decision": (
        "decision_business_days", "clock_warn_percent", "clock_escalate_percent",
        "holiday_subdivision", "closed_days", "appeal_business_days", "participants_may_approve",
    ),
    "What may be registered": (
        "minimum_deal", "lookback_months", "incumbent_months", "incumbent_comment_days",
        "tender_policy", "precheck_tells_protection", "precheck_tells_engagement",
    ),
    "Afterwards": (
        "material_change_percent", "stale_days", "stale_grace_days", "win_tolerance_percent",
        "early_win_hours",
    ),
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
