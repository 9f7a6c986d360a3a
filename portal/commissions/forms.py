"""What finance may say about a plan.  Shape only: the business judges the rules."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Any
from zoneinfo import available_timezones

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from models.commissions import FxPolicy, Trigger
from models.commissions.plan_files import PlanFile, read_plan, rules_in
from models.errors import Refused
from models.money import is_currency
from models.partners import PartnerRole, Tier
from portal.fields import TidyField, UpperField, country_choices

MOST_BYTES = 200_000
"""Of a plan's JSON; the largest real one is far below."""

EXAMPLE = {
    "base": {
        "type": "tier",
        "mode": "marginal",
        "window": "quarter",
        "tiers": [["0", "0.05"], ["50000", "0.08"]],
    },
    "dealreg_uplift": "0.05",
    "clawback": {"days": 90},
}

TRIGGERS = {
    Trigger.PAID.value: "When the customer pays",
    Trigger.WON.value: "When the deal is won",
}
POLICIES = {
    FxPolicy.PAID_DATE.value: "Of the day of the payment",
    FxPolicy.WON_DATE.value: "Of the day the deal was won",
    FxPolicy.PERIOD_END.value: "Of the last day of the month",
}


def _or_every(what: str, choices: type[StrEnum]) -> dict[str, str]:
    return {"": f"Every {what}"} | {one.value: one.value.capitalize() for one in choices}


class PlanForm(FlaskForm):
    name = TidyField("Name", [InputRequired("Give the plan a name."), Length(max=120)])
    currency = UpperField(
        "Currency",
        [InputRequired("Enter a currency.")],
        description="Of the amounts the plan names.",
    )
    payout_currency = UpperField(
        "Paid in", [Optional()], description="Empty: each partner's own currency."
    )
    earning_event = SelectField("Earned", choices=TRIGGERS)
    fx_policy = SelectField("Exchange rate", choices=POLICIES)
    time_zone = TidyField(
        "Time zone",
        [InputRequired("Enter a time zone.")],
        description="In which its months begin and end, such as Europe/Berlin.",
    )

    def frame(self) -> dict[str, Any]:
        return {
            "name": self.name.data,
            "currency": self.currency.data,
            "payout_currency": self.payout_currency.data or None,
            "time_zone": self.time_zone.data,
            "earning_event": Trigger(self.earning_event.data),
            "fx_policy": FxPolicy(self.fx_policy.data),
        }

    def validate_currency(self, field: UpperField) -> None:
        _check_currency(field)

    def validate_payout_currency(self, field: UpperField) -> None:
        _check_currency(field)

    def validate_time_zone(self, field: TidyField) -> None:
        if field.data not in available_timezones():
            raise ValidationError("Enter a name such as Europe/Berlin or America/New_York.")


class VersionForm(FlaskForm):
    from_on = DateField(
        "In force from",
        [InputRequired("Enter a day.")],
        description="Deals won on this day or later are rated by it; the version before ends.",
    )
    to_on = DateField(
        "Until before",
        [Optional()],
        description="The first day it no longer holds; empty: goes on.",
    )
    rules = TextAreaField("Rules", description="As JSON; or choose a file below.")
    file = FileField("Rules from a file", [Optional()])

    def validate_rules(self, field: TextAreaField) -> None:
        """Leaves what was read in `parsed`."""
        uploaded = self.file.data.read(MOST_BYTES + 1) if self.file.data else b""
        text = uploaded.decode("utf-8", "replace") if uploaded else (field.data or "")
        if len(text) > MOST_BYTES:
            raise ValidationError("This is too long for a plan. Check that it is the right file.")
        if not text.strip():
            raise ValidationError("Paste the rules, or choose a file.")
        field.data = text
        self.parsed = _read(text)


class PlanFileForm(FlaskForm):
    file = FileField(
        "File",
        [FileRequired("Choose a file.")],
        description="A plan as JSON, as “Download” on a plan's page gives it; also the plan of a "
        "replay file. Each version becomes a draft, which a second person approves.",
    )

    def validate_file(self, field: FileField) -> None:
        """Leaves what was read in `plan`."""
        sent = field.data.read(MOST_BYTES + 1)
        if len(sent) > MOST_BYTES:
            raise ValidationError("This is too long for a plan. Check that it is the right file.")
        try:
            self.plan: PlanFile = read_plan(_json(sent.decode("utf-8", "replace")))
        except Refused as refusal:
            raise ValidationError(str(refusal)) from None


class ReasonForm(FlaskForm):
    reason = TextAreaField(
        "Reason", [InputRequired("Say why, so that its author can mend it."), Length(max=1000)]
    )


class AssignmentForm(FlaskForm):
    partner = TidyField(
        "One partner", [Length(max=200)], description="Number or full name; empty: by kind, below."
    )
    tier = SelectField("Tier", choices=_or_every("tier", Tier))
    role = SelectField("Role", choices=_or_every("role", PartnerRole))
    country = SelectField("Country", choices=country_choices() | {"": "Every country"})
    from_on = DateField(
        "From", [InputRequired("Enter a day.")], description="Deals won on this day or later."
    )
    to_on = DateField(
        "Until before",
        [Optional()],
        description="The first day it no longer holds; empty: goes on.",
    )


def _check_currency(field: UpperField) -> None:
    if field.data and not is_currency(field.data):
        raise ValidationError("Enter an ISO 4217 code such as EUR.")


def _read(text: str) -> Any:
    """The rules alone; a whole plan, or a replay file, is taken for its rules."""
    told = _json(text)
    try:
        return rules_in(told)
    except Refused as refusal:
        raise ValidationError(str(refusal)) from None


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise ValidationError(
            f"This is not JSON: line {error.lineno}, column {error.colno}: {error.msg}."
        ) from None
    except (ValueError, RecursionError):
        raise ValidationError(
            "This is not JSON: a number is too long, or brackets are too deep."
        ) from None
