"""A report is handed in: by the distributor, or by the vendor's people on its behalf."""

from __future__ import annotations

import hashlib
from datetime import date, datetime

from sqlalchemy import select, tuple_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import audit, jobs, vendor
from models.base import human_number, lock, new_id
from models.errors import Refused
from models.files import LARGEST
from models.files.rules import tidy_name
from models.partners import Partner, PartnerRole, PartnerStatus
from models.people import Actor
from models.sellthrough.operations.finishing import refuse
from models.sellthrough.queries import missing
from models.sellthrough.rules import Amounts, ReportState
from models.sellthrough.tables import PosReport

TOPIC = "pos-report"
GAVE_UP = (
    "The worker gave it up. Hand the file in again, as a correction if it was one: what was taken"
    " before stays, and counts once."
)


def hand_in(
    session: Session,
    distributor: Partner,
    *,
    file_name: str,
    content: bytes,
    amounts: Amounts = Amounts.PLAIN,
    is_correction: bool = False,
    by: Actor,
    now: datetime,
) -> PosReport:
    """Keep the file for the worker to read.

    Raises Refused for no distributor, and for a file that is in already.
    """
    must_report(distributor)
    if not content:
        raise Refused("Choose a file that is not empty.")
    if len(content) > LARGEST:
        raise Refused(f"The file is larger than {LARGEST // 1_000_000} MB. Split it in two.")
    report = _new(distributor, by=by, now=now)
    report.file_name, report.content = tidy_name(file_name), content
    report.sha256 = hashlib.sha256(content).hexdigest()
    report.amounts, report.is_correction = amounts, is_correction
    try:
        with session.begin_nested():
            session.add(report)
            session.flush()
    except IntegrityError:
        raise Refused(f"This file is in already{_as(session, report)}. It counts once.") from None
    jobs.enqueue(session, TOPIC, f"{TOPIC} {report.id}", {"report": str(report.id)}, run_at=now)
    detail = {"file": report.file_name, "correction": is_correction}
    audit.record(session, by, "point-of-sale report handed in", report, now=now, detail=detail)
    return report


def nothing_sold(
    session: Session, distributor: Partner, covers_from: date, *, by: Actor, now: datetime
) -> PosReport:
    """A report of a week or month in which nothing was sold.  Once, of what is owed."""
    lock(session, distributor)
    must_report(distributor)
    owed = missing(session, vendor.settings(session).calendar, now=now).get(distributor.id, [])
    if covers_from not in [each.first for each in owed]:
        raise Refused("That report is in already, or nobody asks for it.")
    report = _new(distributor, by=by, now=now)
    report.state, report.covers_from, report.name = ReportState.DONE, covers_from, "Nothing sold"
    session.add(report)
    detail = {"from": covers_from.isoformat()}
    audit.record(session, by, "nothing sold reported", report, now=now, detail=detail)
    session.flush()
    return report


def waits_for_another(session: Session, report: PosReport, *, now: datetime) -> bool:
    """Whether an earlier file of the distributor is still being read: one after the other.

    One whose worker gave up is refused, so that it holds up no others.
    """
    earlier = select(PosReport).where(
        PosReport.partner_id == report.partner_id, PosReport.state == ReportState.READING,
        tuple_(PosReport.at, PosReport.id) < (report.at, report.id),
    )  # fmt: skip
    waits = False
    for other in session.scalars(earlier.order_by(PosReport.id)).all():
        if jobs.is_dead(session, f"{TOPIC} {other.id}"):
            refuse(session, other, GAVE_UP, now=now)
        else:
            waits = True
    return waits


def must_report(partner: Partner) -> None:
    if partner.role is not PartnerRole.DISTRIBUTOR:
        raise Refused("Only distributors hand in point-of-sale reports.")
    if partner.status is PartnerStatus.ENDED:
        raise Refused(f"{partner.name} is no longer a partner.")


def _new(distributor: Partner, *, by: Actor, now: datetime) -> PosReport:
    key = new_id()
    return PosReport(
        id=key, number=human_number("SR", key), partner_id=distributor.id, at=now, by_id=by.id,
        by_name=by.name, by_staff=by.is_staff,
    )  # fmt: skip


def _as(session: Session, report: PosReport) -> str:
    """Under which number the same file is in."""
    same = select(PosReport.number).where(
        PosReport.partner_id == report.partner_id, PosReport.sha256 == report.sha256,
        PosReport.state != ReportState.REFUSED,
    )  # fmt: skip
    number = session.scalar(same.limit(1))
    return f" as {number}" if number else ""
