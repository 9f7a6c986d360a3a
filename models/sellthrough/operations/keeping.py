"""How often a distributor reports, and what is said when a report is late."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit, notices, vendor
from models.base import lock
from models.partners import Partner, PartnerStatus
from models.people import STAFF, Actor
from models.sellthrough.operations.handing import must_report
from models.sellthrough.queries import missing
from models.sellthrough.rules import Rhythm
from models.sellthrough.tables import PosSchedule


def expect(
    session: Session,
    distributor: Partner,
    rhythm: Rhythm | None,
    *,
    from_on: date,
    by: Actor,
    now: datetime,
) -> None:
    """From this day on it reports so often; None: nobody asks."""
    assert by.role in STAFF, "the vendor says who reports"
    lock(session, distributor)
    must_report(distributor)
    known = session.scalar(select(PosSchedule).where(PosSchedule.partner_id == distributor.id))
    if known and known.rhythm is rhythm:
        return
    if known:
        session.delete(known)
        session.flush()
    if rhythm:
        session.add(PosSchedule(partner_id=distributor.id, rhythm=rhythm, from_on=from_on))
    detail = {"rhythm": rhythm.value if rhythm else "", "from": from_on.isoformat()}
    audit.record(session, by, "point-of-sale rhythm set", distributor, now=now, detail=detail)
    session.flush()


def remind(session: Session, now: datetime) -> int:
    """Both sides are told once of each report that is late; how many were."""
    owed = missing(session, vendor.settings(session).calendar, now=now)
    told = 0
    query = select(PosSchedule, Partner).join(Partner, Partner.id == PosSchedule.partner_id)
    for schedule, partner in session.execute(query.order_by(PosSchedule.id)).all():
        late = [each for each in owed[partner.id] if each.is_late]
        newest = max((each.first for each in late), default=None)
        is_news = newest and (schedule.told_late_for is None or newest > schedule.told_late_for)
        if not is_news or partner.status is PartnerStatus.ENDED:
            continue
        schedule.told_late_for = newest
        told += 1
        _tell(session, partner, late[0].words, now=now)
    session.flush()
    return told


def _tell(session: Session, partner: Partner, words: str, *, now: datetime) -> None:
    notices.tell_partner(
        session, partner.id, "pos-late", title=f"Your report of {words} is late",
        body="Hand it in, or say that nothing was sold.", link="/point-of-sale", now=now,
    )  # fmt: skip
    if partner.channel_manager_id:
        notices.tell(
            session, partner.channel_manager_id, "pos-late", now=now,
            title=f"{partner.name}: the report of {words} is late",
            body="They were told too.", link="/point-of-sale/distributors",
        )  # fmt: skip
