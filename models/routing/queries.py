"""What was routed to whom, and what somebody has to do now.  Reads only; on the vendor's side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from models import deals
from models.applications import Application, ApplicationStatus
from models.claims import WAITS, TerritoryClaim
from models.customers import Customer
from models.deals import OPEN, Deal
from models.leads import OPEN_LEADS, Lead
from models.partners import Partner
from models.people import Person
from models.sales import Invoice
from models.sellthrough import PosLine
from models.territories import ManagerAbsence, RoutingLog, Territory

KINDS = {
    "deal": "Registration", "application": "Application", "invoice": "Invoice", "lead": "Lead",
    "pos_line": "Point-of-sale line",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class RoutedFilter:
    person_id: UUID | None = None
    """To this person, as channel or as sales manager."""
    kind: str = ""
    by_default: bool = False
    """Only what no territory holds."""


def routed(wanted: RoutedFilter) -> Select:
    """One row a routing, without an order: what, to whom, the sentence that says why."""
    log, channel, sales = RoutingLog, aliased(Person), aliased(Person)
    deal = and_(log.about_kind == "deal", Deal.id == log.about_id)
    application = and_(log.about_kind == "application", Application.id == log.about_id)
    lead = and_(log.about_kind == "lead", Lead.id == log.about_id)
    invoice = and_(log.about_kind == "invoice", Invoice.id == log.about_id)
    line = and_(log.about_kind == "pos_line", PosLine.id == log.about_id)
    query = (
        select(
            log.id, log.at, log.about_kind, log.about_id, log.why, log.rule, log.is_conflict,
            func.coalesce(
                Deal.customer_name, Application.company, Customer.name, Lead.company,
                PosLine.end_user_name, "",
            ).label("what"),
            func.coalesce(
                Deal.number, Application.number, Invoice.number, Lead.number,
                PosLine.invoice_number, "",
            ).label("number"),
            Territory.name.label("territory"),
            channel.name.label("channel_manager"), sales.name.label("sales_manager"),
        )
        .outerjoin(Deal, deal)
        .outerjoin(Application, application)
        .outerjoin(Invoice, invoice)
        .outerjoin(Lead, lead)
        .outerjoin(PosLine, line)
        .outerjoin(Customer, Customer.id == Invoice.customer_id)
        .outerjoin(Territory, Territory.id == log.territory_id)
        .outerjoin(channel, channel.id == log.channel_manager_id)
        .outerjoin(sales, sales.id == log.sales_manager_id)
    )  # fmt: skip
    return query.where(*_criteria(wanted))


def one(session: Session, log_id: UUID) -> Row | None:
    """A routing with everything that was kept of it."""
    log = RoutingLog
    full = routed(RoutedFilter()).add_columns(
        log.facts, log.steps, log.candidates, log.revision, log.action
    )
    return session.execute(full.where(log.id == log_id)).first()


def how_many(session: Session, query: Select) -> int:
    return session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0


def work_of(session: Session, person_id: UUID) -> dict[str, int]:
    """How much somebody looks after now, by kind; nothing where there is none."""

    def count(kind: Any, *where: Any) -> int:
        return session.scalar(select(func.count(kind.id)).where(*where)) or 0

    def theirs(kind: Any) -> Any:
        return or_(kind.channel_manager_id == person_id, kind.sales_manager_id == person_id)

    undecided = (ApplicationStatus.RECEIVED, ApplicationStatus.UNDER_REVIEW)
    found = {
        "Open deals": count(Deal, theirs(Deal), Deal.status.in_(OPEN)),
        "Territories": count(Territory, theirs(Territory)),
        "Partners": count(Partner, Partner.channel_manager_id == person_id),
        "Applications": count(
            Application, theirs(Application), Application.status.in_(undecided)
        ),
        "Leads": count(Lead, theirs(Lead), Lead.state.in_(OPEN_LEADS)),
        "Territory claims": count(
            TerritoryClaim, TerritoryClaim.manager_id == person_id, TerritoryClaim.status.in_(WAITS)
        ),
        "Decisions about deals": deals.decisions_of(session, person_id),
        "Stands in for others": count(ManagerAbsence, ManagerAbsence.delegate_id == person_id),
    }  # fmt: skip
    return {kind: many for kind, many in found.items() if many}


def _criteria(wanted: RoutedFilter) -> list[Any]:
    log, criteria = RoutingLog, []
    if wanted.person_id:
        criteria.append(
            or_(
                log.channel_manager_id == wanted.person_id, log.sales_manager_id == wanted.person_id
            )
        )
    if wanted.kind in KINDS:
        criteria.append(log.about_kind == wanted.kind)
    if wanted.by_default:
        criteria.append(log.territory_id.is_(None))
    return criteria
