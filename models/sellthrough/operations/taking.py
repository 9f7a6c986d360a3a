"""Lines of a report are taken, some at a time: kept once, matched and routed with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from models import territories
from models.base import new_id
from models.customers import Customer
from models.partners import Partner
from models.sellthrough.operations.judging import in_parts
from models.sellthrough.operations.matching import Desk
from models.sellthrough.rules import SaleLine
from models.sellthrough.tables import PosLine, PosNamedLine, PosReport, PosRouting
from models.territories import Facts


def withdraw(
    session: Session, report: PosReport, lines: Sequence[SaleLine], *, now: datetime
) -> None:
    """Of earlier files of this name: what a correction does not say no longer counts."""
    said = {(line.key, line.print) for line in lines}
    earlier = (
        PosReport.partner_id == report.partner_id, PosReport.name == report.name,
        PosReport.id != report.id, PosReport.at <= report.at,
    )  # fmt: skip
    standing = select(PosLine.id, PosLine.key, PosLine.print).where(
        PosLine.report_id.in_(select(PosReport.id).where(*earlier)), PosLine.replaced_at.is_(None)
    )
    gone = [row.id for row in session.execute(standing) if (row.key, row.print) not in said]
    for some in in_parts(gone):
        named = select(PosRouting.named_line_id).where(PosRouting.line_id.in_(some))
        session.execute(
            update(PosLine).where(PosLine.id.in_(some))
            .values(replaced_at=now, replaced_by_id=report.id)
        )  # fmt: skip
        session.execute(
            update(PosNamedLine).where(PosNamedLine.id.in_(named)).values(replaced_at=now)
        )
    corrections = update(PosReport).where(*earlier, PosReport.is_correction)
    session.execute(corrections.values(sha256=""))  # what they said may be right after all


def take(session: Session, report: PosReport, lines: Sequence[SaleLine], *, now: datetime) -> int:
    """Keep what is new of good lines; how many counted before.

    Again, it finds its own lines and keeps nothing twice.
    """
    standing = _standing(session, report.partner_id, [line.key for line in lines])
    distributor = session.get_one(Partner, report.partner_id)
    desk = Desk(session, distributor, [line.sku for line in lines])
    known = 0
    for line in lines:
        before = standing.get(line.key)
        if before is None:
            _keep(session, report, line, desk, now=now)
            standing[line.key] = (report.id, line.row)
        elif before != (report.id, line.row):
            known += 1
    session.flush()
    return known


def _standing(
    session: Session, partner_id: UUID, keys: Sequence[str]
) -> dict[str, tuple[UUID, int]]:
    """Report and row by key."""
    query = select(PosLine.key, PosLine.report_id, PosLine.row)
    mine = (PosLine.partner_id == partner_id, PosLine.replaced_at.is_(None))
    return {
        row.key: (row.report_id, row.row)
        for some in in_parts(keys)
        for row in session.execute(query.where(PosLine.key.in_(some), *mine))
    }


def _keep(
    session: Session, report: PosReport, line: SaleLine, desk: Desk, *, now: datetime
) -> PosLine:
    product, reseller, customer = (
        desk.products[line.sku], desk.reseller(line), desk.customer(line)
    )  # fmt: skip
    deal = desk.deal(line, product, customer)
    sold = _sold(line, product.id)
    kept = PosLine(
        id=new_id(), partner_id=report.partner_id, report_id=report.id, row=line.row,
        key=line.key, print=line.print, reseller_ref=line.reseller_ref,
        reseller_name=line.reseller_name, unit_minor=line.unit_minor, currency=line.currency,
        deal_number=line.deal_number, **sold,
        deal_id=deal.deal_id if deal.partner_id == report.partner_id else None,
    )  # fmt: skip
    session.add(kept)
    named = None
    if reseller:
        named = PosNamedLine(
            id=new_id(), partner_id=reseller.id, distributor_name=desk.distributor.name, **sold,
            deal_id=deal.deal_id if deal.partner_id == reseller.id else None,
        )  # fmt: skip
        session.add(named)
    session.flush()
    routing = PosRouting(
        line_id=kept.id, named_line_id=named.id if named else None,
        reseller_id=reseller.id if reseller else None,
        customer_id=customer.id if customer else None,
        deal_id=deal.deal_id, deal_why=deal.why,
    )  # fmt: skip
    _route(session, kept, routing, product, customer, reseller or desk.distributor, now=now)
    session.add(routing)
    return kept


def _sold(line: SaleLine, product_id: UUID) -> dict[str, object]:
    return {
        "sku": line.sku, "product_id": product_id, "quantity": line.quantity,
        "invoice_number": line.invoice_number, "sold_on": line.sold_on,
        "end_user_name": line.end_user_name, "end_user_postal": line.end_user_postal,
        "end_user_country": line.end_user_country, "serials": list(line.serials),
    }  # fmt: skip


def _route(
    session: Session, kept: PosLine, routing: PosRouting, product: Row,
    customer: Customer | None, seller: Row | Partner, *, now: datetime,
) -> None:  # fmt: skip
    """By where the end customer is, on the day of the sale."""
    facts = Facts(
        country=kept.end_user_country, postal=kept.end_user_postal or None,
        subdivision=(customer.subdivision or None) if customer else None,
        domain=(customer.domain or None) if customer else None,
        account=str(customer.id) if customer else None,
        naics=(customer.naics or None) if customer else None,
        employees=customer.employees if customer else None,
        product=product.family, partner=seller.id, partner_role=seller.role,
    )  # fmt: skip
    about = ("pos_line", kept.id)
    found = territories.route(session, facts, on=kept.sold_on, about=about, now=now)
    routing.territory_id, routing.why = found.territory_id, found.why
    routing.channel_manager_id = found.channel_manager_id
    routing.sales_manager_id = found.sales_manager_id
