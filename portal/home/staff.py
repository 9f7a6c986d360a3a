"""The start pages of the vendor's own people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import url_for

from models import applications, deals, vendor
from models.calendars import local_day, month_of, start_of_day
from models.commissions import disputes
from models.deals import DealFilter, DealStatus, conflicts
from models.insights import deals as pressing
from models.insights import finance, money
from models.insights.starting import ProgrammeStart, programme_start
from models.people import Actor
from models.vendor import Vendor
from portal.clock import now
from portal.database import session
from portal.home.drawing import commission_chart, pipeline_chart

MOST = 10


def channel_manager_home(person: Actor) -> dict[str, Any]:
    """What is late."""
    return {
        "late": _lateness(vendor.settings(session), person.id),
        "queue": _queue(DealFilter(statuses=(DealStatus.SUBMITTED,), channel_manager_id=person.id)),
        "now": now(),
        "applications": _applications(),
        "cases": conflicts.open_count(session, person.id),
    }


def sales_manager_home(person: Actor) -> dict[str, Any]:
    """What comes."""
    programme = vendor.settings(session)
    today = local_day(now(), programme.time_zone)
    slices = deals.board(session, DealFilter(sales_manager_id=person.id), from_on=today)
    totals: dict[str, list[int]] = {}
    for part in slices:
        total = totals.setdefault(part.currency, [0, 0, 0])
        total[0] += part.count
        total[1] += part.minor
        total[2] += part.weighted_minor
    by_size = sorted(totals, key=lambda unit: -totals[unit][0])
    return {
        "totals": [(unit, *totals[unit]) for unit in by_size],
        "chart": pipeline_chart(slices, by_size[0], today) if by_size else None,
        "routed": pressing.routed_to(session, person.id),
        "quiet": pressing.without_activity(session, person.id, now=now()),
        "quiet_days": pressing.QUIET_DAYS,
    }


def finance_home(_person: Actor) -> dict[str, Any]:
    """What is ready to pay."""
    programme = vendor.settings(session)
    month = month_of(local_day(now(), programme.time_zone))
    return {
        "owed": finance.owed(session),
        "heaps": finance.heaps(session, programme, now=now()),
        "months": finance.open_months(session, before=month),
        "runs": finance.unfinished_runs(session),
        "unrated": finance.unrated(session),
        "disputes": disputes.open_count(session),
        "disputes_late": disputes.open_count(session, late_at=now()),
        "chart": _commission(programme.base_currency, month),
        "currency": programme.base_currency,
    }


def administrator_home(_person: Actor) -> dict[str, Any]:
    """How the programme stands."""
    programme = vendor.settings(session)
    month = month_of(local_day(now(), programme.time_zone))
    return {
        "steps": _steps(programme_start(session)),
        "late": _lateness(programme, None),
        "queue": _queue(DealFilter(statuses=(DealStatus.SUBMITTED,))),
        "now": now(),
        "applications": _applications(),
        "owed": finance.owed(session),
        "unrated": finance.unrated(session),
        "disputes_late": disputes.open_count(session, late_at=now()),
        "chart": _commission(programme.base_currency, month),
        "currency": programme.base_currency,
    }


def _lateness(programme: Vendor, channel_manager_id: UUID | None) -> pressing.Lateness:
    tomorrow = local_day(now(), programme.time_zone) + timedelta(days=1)
    return pressing.lateness(
        session,
        now=now(),
        end_of_day=start_of_day(tomorrow, programme.time_zone),
        channel_manager_id=channel_manager_id,
    )


def _queue(wanted: DealFilter):
    return session.execute(deals.waiting(wanted).limit(MOST)).all()


def _applications() -> int:
    return applications.counted(session, applications.Filter(is_open=True))


def _commission(currency: str, month: str):
    return commission_chart(
        money.by_month(session, currency, through=month, partner_id=None), currency
    )


def _steps(start: ProgrammeStart) -> list[dict[str, Any]]:
    """What a new programme needs; none once all is there."""
    steps = [
        ("Load your products and prices", "catalog.index", start.has_products),
        ("Draw your territories", "territories.index", start.has_territories),
        ("Invite your managers", "people.index", start.has_colleague),
        ("Write a commission plan", "commissions.plans", start.has_plans),
        ("Bring in your first partner", "partners.index", start.has_partners),
    ]
    if all(done for *_, done in steps):
        return []
    return [
        {"label": label, "url": url_for(endpoint), "done": done} for label, endpoint, done in steps
    ]
