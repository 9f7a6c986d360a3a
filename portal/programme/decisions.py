"""The programme's decisions: their clock and calendar, appeals, changes, deals gone quiet."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from holidays import country_holidays, list_supported_countries
from werkzeug import Response
from wtforms import BooleanField, IntegerField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from models import audit, vendor
from models.partners import Tier
from models.people import Actor
from models.vendor import Vendor
from portal.clock import now
from portal.database import session
from portal.fields import UpperField
from portal.formats import words
from portal.permissions import Can, allow, may
from portal.programme.blueprint import pages

TIER = "tier_"
MOST_CLOSED_DAYS = 200


class DecisionsForm(FlaskForm):
    clock_warn_percent = IntegerField(
        "Remind after",
        [InputRequired(), NumberRange(1, 99)],
        description="Percent of the clock, after which the deal's managers are reminded.",
    )
    clock_escalate_percent = IntegerField(
        "Call the next manager after",
        [InputRequired(), NumberRange(101, 1000)],
        description="Percent of the clock. At 100 the deal's own managers are told, and the "
        "partner is protected until somebody decides.",
    )
    participants_may_approve = BooleanField(
        "Who takes part may approve",
        description="Otherwise staff who take part in a deal never approve it. Nobody approves "
        "what they registered.",
    )
    holiday_subdivision = UpperField(
        "State of the public holidays",
        [Length(max=6)],
        description="Such as BY or CA: public holidays of that state are free as well.",
    )
    closed_days = TextAreaField(
        "Further free days",
        [Optional(), Length(max=3000)],
        description="Days on which nobody decides, one a line, such as 2026-12-24.",
    )
    appeal_business_days = IntegerField(
        "Appeal",
        [InputRequired(), NumberRange(1, 60)],
        description="Business days in which a partner may appeal against a rejection, once. "
        "Somebody else judges it.",
    )
    material_change_percent = IntegerField(
        "A large change",
        [InputRequired(), NumberRange(1, 100)],
        description="Percent of the approved value. Beyond it, or for another customer, product "
        "family or project, a change needs another approval; smaller ones hold at once.",
    )
    stale_days = IntegerField(
        "Quiet after",
        [InputRequired(), NumberRange(1, 365)],
        description="Days without a word, after which a partner is asked for a sign of life.",
    )
    stale_grace_days = IntegerField(
        "Revocable after another",
        [InputRequired(), NumberRange(1, 365)],
        description="Days after that warning. Only then may a quiet deal be revoked.",
    )

    def validate_holiday_subdivision(self, field: UpperField) -> None:
        country = vendor.settings(session).country
        known = list_supported_countries().get(country, [])
        if field.data and field.data not in known:
            some = ", ".join(known[:6])
            raise ValidationError(
                f"{country} has no holidays of its own for {field.data}; known are {some} …"
                if known
                else f"No states are known for {country}; leave this empty."
            )

    def validate_closed_days(self, field: TextAreaField) -> None:
        days = (field.data or "").split()
        if len(days) > MOST_CLOSED_DAYS:
            raise ValidationError(f"At most {MOST_CLOSED_DAYS} days.")
        for day in days:
            try:
                date.fromisoformat(day)
            except ValueError:
                raise ValidationError(f"{day} is no day; write it as 2026-12-24.") from None


PLAIN = (
    "clock_warn_percent", "clock_escalate_percent", "participants_may_approve",
    "holiday_subdivision", "appeal_business_days", "material_change_percent", "stale_days",
    "stale_grace_days",
)  # fmt: skip


@pages.get("/decisions")
@allow(Can.SEE_PROGRAMME)
def decisions(person: Actor) -> str:
    return _page(person, _form(vendor.settings(session)))


@pages.post("/decisions")
@allow(Can.EDIT_PROGRAMME)
def save_decisions(person: Actor) -> Response | tuple[str, int]:
    programme = vendor.settings(session)
    form = _form(programme)
    if not form.validate():
        return _page(person, form), 422
    changed = {}
    for name, value in _wanted(form).items():
        before = getattr(programme, name)
        if before != value:
            setattr(programme, name, value)
            changed[name] = [before, value]
    if changed:
        audit.record(session, person, "programme changed", programme, now=now(), detail=changed)
    flash("Saved. Clocks that run keep their deadlines." if changed else "Nothing was different.")
    return redirect(url_for("programme.decisions"), 303)


def _form(programme: Vendor) -> Any:
    """With a field for each tier."""

    class WithTiers(DecisionsForm):
        pass

    for tier in Tier:
        field = IntegerField(
            words(tier),
            [Optional(), NumberRange(1, 30)],
            description=f"Business days; empty: {programme.decision_business_days}.",
        )
        setattr(WithTiers, f"{TIER}{tier.value}", field)
    data = {name: getattr(programme, name) for name in PLAIN}
    data["closed_days"] = "\n".join(programme.closed_days or ())
    by_tier = programme.decision_days_by_tier or {}
    return WithTiers(data=data | {f"{TIER}{tier}": days for tier, days in by_tier.items()})


def _wanted(form: Any) -> dict[str, Any]:
    by_tier = {tier.value: form[f"{TIER}{tier.value}"].data for tier in Tier}
    days = sorted(set((form.closed_days.data or "").split()))
    return {name: form[name].data for name in PLAIN} | {
        "decision_days_by_tier": {tier: days for tier, days in by_tier.items() if days} or None,
        "closed_days": days or None,
    }


def _page(person: Actor, form: Any) -> str:
    programme = vendor.settings(session)
    today = programme.calendar.day_of(now())
    free = country_holidays(
        programme.country, subdiv=programme.holiday_subdivision or None,
        years=(today.year, today.year + 1),
    )  # fmt: skip
    coming = sorted((day, name) for day, name in free.items() if day >= today)[:5]
    return render_template(
        "programme/decisions.html",
        form=form,
        tiers=[f"{TIER}{tier.value}" for tier in Tier],
        coming=coming,
        can_edit=may(person, Can.EDIT_PROGRAMME),
    )
