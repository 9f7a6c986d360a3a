"""What the clock does about claims: quarters close, changes come, the end comes, or a renewal."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import territories, vendor
from models.base import lock
from models.claims.attaining import attainment
from models.claims.operations.holding import let_go
from models.claims.operations.living import carry_out, renew, say_over
from models.claims.operations.steps import move, tell_manager, tell_partner, today_of
from models.claims.rules import CLAIM_MOVES, HOLDS, ClaimStatus, last_day
from models.claims.tables import ClaimQuarter, TerritoryClaim
from models.errors import Refused
from models.money import Money
from models.people import SYSTEM


def keep_watch(session: Session, now: datetime) -> int:
    """Everything that is due by now; done twice, it finds nothing more.  How many steps."""
    due = select(TerritoryClaim.id).where(TerritoryClaim.status.in_(HOLDS))
    done = 0
    for claim_id in session.scalars(due.order_by(TerritoryClaim.id)).all():
        done += watch(session, claim_id, now=now)
    territories.hold_missing(session, today=today_of(session, now))
    return done


def handle_end(session: Session, payload: dict[str, Any], now: datetime) -> None:
    watch(session, UUID(payload["claim_id"]), now=now)


def watch(session: Session, claim_id: UUID, *, now: datetime) -> int:
    """One claim: what is due of it."""
    claim = session.get_one(TerritoryClaim, claim_id)
    lock(session, claim)
    if claim.status not in HOLDS:
        return 0
    today = today_of(session, now)
    done = sum(_close(session, claim, each, now) for each in _to_close(session, claim, today))
    done += _made_up(session, claim, today, now)
    done += carry_out(session, claim, by=SYSTEM, now=now)
    if claim.status in HOLDS and claim.to_on:
        if today >= claim.to_on:
            done += expire(session, claim, now=now)
        elif today >= claim.to_on - timedelta(days=_notice_days(session)):
            done += _renew_by_performance(session, claim, today, now)
    return done


def expire(session: Session, claim: TerritoryClaim, *, now: datetime) -> bool:
    """At the vendor's midnight after its last day."""
    assert claim.to_on
    move(session, claim, "expire", by=SYSTEM, now=now)
    claim.change = claim.change_on = None
    let_go(session, claim, today=claim.to_on)
    say_over(session, claim, "The territory has ended", now=now)
    return True


def _to_close(session: Session, claim: TerritoryClaim, today: date) -> list[Any]:
    """Quarters that are over and not closed yet."""
    closed = select(ClaimQuarter.quarter).where(ClaimQuarter.claim_id == claim.id)
    known = set(session.scalars(closed))
    return [
        each
        for each in attainment(session, claim, today=today)
        if each.is_over and each.quarter not in known
    ]


def _close(session: Session, claim: TerritoryClaim, done: Any, now: datetime) -> int:
    session.add(
        ClaimQuarter(
            partner_id=claim.partner_id, claim_id=claim.id, quarter=done.quarter,
            target_minor=done.target_minor, reached_minor=done.reached_minor, closed_at=now,
        )
    )  # fmt: skip
    session.flush()
    if done.is_met:
        if CLAIM_MOVES.allows("recover", claim.status):
            move(session, claim, "recover", by=SYSTEM, now=now)
        return 1
    said = _said(claim, done)
    move(session, claim, "warn", by=SYSTEM, now=now, note=said)
    tell_partner(
        session, claim, "claim-warned", now=now, title="below the minimum",
        body=f"{said} What is missed again and again may end the territory.",
    )  # fmt: skip
    tell_manager(session, claim, "claim-warned", now=now, title="below the minimum", body=said)
    return 1


def _made_up(session: Session, claim: TerritoryClaim, today: date, now: datetime) -> int:
    """What was recorded or accepted after the last quarter had closed brings it to the minimum."""
    if not CLAIM_MOVES.allows("recover", claim.status):
        return 0
    over = [each for each in attainment(session, claim, today=today) if each.is_over]
    if not over or not over[-1].is_met:
        return 0
    said = _said(claim, over[-1])
    move(session, claim, "recover", by=SYSTEM, now=now, note=said)
    tell_partner(session, claim, "claim-warned", now=now, title="the minimum is met", body=said)
    tell_manager(session, claim, "claim-warned", now=now, title="the minimum is met", body=said)
    return 1


def _said(claim: TerritoryClaim, done: Any) -> str:
    def words(minor: int) -> str:
        return f"{claim.currency} {Money(minor, claim.currency).major:,}"

    return (
        f"{words(done.reached_minor)} of {words(done.target_minor)} "
        f"in {done.quarter.replace('-', ' ')}."
    )


def _notice_days(session: Session) -> int:
    return vendor.settings(session).territory_notice_days


def _renew_by_performance(
    session: Session, claim: TerritoryClaim, today: date, now: datetime
) -> int:
    """In the last weeks: on by itself when all quarters so far come to the minimum."""
    if claim.status is not ClaimStatus.ACTIVE or not claim.renews or not claim.minimum_minor:
        return 0
    over = [each for each in attainment(session, claim, today=today) if each.is_over]
    reached = sum(each.reached_minor for each in over)
    if not over or reached < sum(each.target_minor for each in over):
        return _say_it_ends(session, claim, now)
    try:
        with session.begin_nested():
            renew(session, claim, by=SYSTEM, now=now)
    except Refused:
        session.refresh(claim)
        return _say_it_ends(session, claim, now)
    return 1


def _say_it_ends(session: Session, claim: TerritoryClaim, now: datetime) -> int:
    """Once: it is not renewed by itself."""
    assert claim.to_on
    claim.renews = False
    move(session, claim, "not_renew", by=SYSTEM, now=now)
    body = f"It ends with {last_day(claim.to_on):%-d %B %Y}."
    tell_partner(session, claim, "claim-not-renewed", now=now, title="it ends soon", body=body)
    tell_manager(session, claim, "claim-not-renewed", now=now, title="it ends soon", body=body)
    return 1
