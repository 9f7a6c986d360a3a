"""A partner's start page: what do I do next, and what am I owed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import url_for
from sqlalchemy import select

from models import deals, vendor
from models.calendars import local_day, month_of
from models.commissions.holding import held_until
from models.commissions.pipeline import expected
from models.deals import DealFilter, DealStatus
from models.insights import deals as pressing
from models.insights import money
from models.insights.starting import PartnerStart, partner_start
from models.partners import Partner
from models.people import Actor, Role
from portal import charts
from portal.clock import now
from portal.database import session
from portal.home.drawing import commission_chart
from portal.paging import COUNTED_UP_TO
from portal.permissions import Can, may

SHOWN = (
    DealStatus.DRAFT,
    DealStatus.SUBMITTED,
    DealStatus.INFO_REQUESTED,
    DealStatus.APPROVED,
    DealStatus.WON,
    DealStatus.LOST,
    DealStatus.EXPIRED,
)

LOOKS_BACK_DAYS = 800
"""What was held back before is released long since."""


def partner_home(person: Actor) -> dict[str, Any]:
    own = person.partner_id
    assert own is not None
    today = local_day(now(), vendor.settings(session).time_zone)
    currency = session.scalar(select(Partner.currency).where(Partner.id == own)) or ""
    start = partner_start(session, own)
    counts = deals.counts(session, DealFilter(partner_id=own), up_to=COUNTED_UP_TO)
    return {
        "steps": _steps(start, person),
        "next_steps": pressing.next_steps(session, own, today=today),
        "standings": money.standing(session, own, currency=currency),
        "held": held_until(session, own, since=today - timedelta(days=LOOKS_BACK_DAYS)),
        "expected": expected(session, own, now=now()),
        "can_see_payouts": may(person, Can.SEE_PAYOUTS),
        "chart": _chart(currency, month_of(today), person),
        "states": [(state, counts.get(state, 0)) for state in SHOWN],
    }


def _chart(currency: str, month: str, person: Actor) -> charts.Chart | None:
    months = money.by_month(session, currency, through=month, partner_id=person.partner_id)
    return commission_chart(months, currency)


def _steps(start: PartnerStart, person: Actor) -> list[dict[str, Any]]:
    """At most five; none once a deal is won; a seller is not told to do others' work."""
    if start.has_won:
        return []
    steps = [
        _step("Register your first deal", "deals.new", start.has_registered,
              "We decide within two business days and protect you meanwhile."),
        _step("Win it, and tell us", "deals.index", start.has_won,
              "Your commission counts from there."),
    ]  # fmt: skip
    if person.role is Role.PARTNER_ADMINISTRATOR:
        steps[:0] = [
            _step("Complete your company's address", "partners.company", start.has_address,
                  "Banks ask for it."),
            _step("Say where to send your money", "partners.company", start.has_destination,
                  "A bank account in your company's name."),
            _step("Invite a colleague", "people.index", start.has_colleague,
                  "So that somebody is there when you are away."),
        ]  # fmt: skip
    return steps


def _step(label: str, endpoint: str, done: bool, hint: str) -> dict[str, Any]:
    return {"label": label, "url": url_for(endpoint), "done": done, "hint": hint}
