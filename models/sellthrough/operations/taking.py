"""Lines of a report are taken, some at a time: kept once, matched and routed with a reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from difflib import get_close_matches
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from models import territories
from models.base import new_id
from models.catalog import Product
from models.customers import Customer
from models.partners import Partner
from models.sellthrough.operations.matching import Desk, products_of
from models.sellthrough.rules import PARTNER_NUMBER, Fault, SaleLine, faults_of
from models.sellthrough.tables import PosLine, PosNamedLine, PosReport, PosRouting
from models.territories import Facts
from models.vendor import settings

AT_ONCE = 500
"""Keys in one statement."""


def judge(
    session: Session, report: PosReport, lines: Sequence[SaleLine], *, now: datetime
) -> dict[int, list[Fault]]:
    """What is wrong with each row, without taking any."""
    today = settings(session).calendar.day_of(now)
    known = products_of(session, [line.sku for line in lines])
    number = session.scalar(select(Partner.number).where(Partner.id == report.partner_id)) or ""
    name = lines[0].report if lines else ""
    said = _said_before(session, report, name, lines)
    wrong: dict[int, list[Fault]] = {}
    for line in lines:
        faults = [*faults_of(line, today=today), *_whose(line, name, number)]
        if line.sku not in known:
            faults.append(_unknown(session, line.sku))
        where, print_ = said.setdefault(line.key, (f"row {line.row}", line.print))
        if print_ != line.print:
            faults.append(_otherwise(line, where))
        if faults:
            wrong[line.row] = faults
    return wrong


def _said_before(
    session: Session, report: PosReport, name: str, lines: Sequence[SaleLine]
) -> dict[str, tuple[str, str]]:
    """By key: where it stands, and its print; without what a correction takes the place of."""
    columns = (PosLine.key, PosLine.print, PosReport.name)
    query = select(*columns).join(PosReport, PosReport.id == PosLine.report_id)
    mine = [PosLine.partner_id == report.partner_id, PosLine.replaced_at.is_(None)]
    if report.is_correction:
        mine.append(PosReport.name != name)
    found = {}
    for some in _some([line.key for line in lines]):
        for row in session.execute(query.where(PosLine.key.in_(some), *mine)):
            found[row.key] = (row.name, row.print)
    return found


def _otherwise(line: SaleLine, where: str) -> Fault:
    """The same serial numbers on the same invoice, but something else beside them."""
    return Fault(
        "", f"Invoice {line.invoice_number} with these serial numbers is in already, in {where},"
        " and says otherwise.",
        "If this row is right, hand the whole report in as a correction.",
    )  # fmt: skip


def _whose(line: SaleLine, name: str, number: str) -> Iterable[Fault]:
    if line.report != name:
        yield Fault(
            "report_id", f"The file is of {name}, this row of {line.report}.",
            "Hand in a file for each report.",
        )  # fmt: skip
    said = line.distributor.upper()
    if PARTNER_NUMBER.fullmatch(said) and said != number:
        yield Fault(
            "distributor_id", f"The report is of {number}, this row of {said}.",
            "Hand it in for the distributor that it is of.",
        )  # fmt: skip


def _unknown(session: Session, sku: str) -> Fault:
    near = session.scalars(
        select(Product.sku).where(Product.sku.startswith(sku[:2], autoescape=True)).limit(2_000)
    )
    close = get_close_matches(sku, near, n=1)
    hint = (
        f"Did you mean {close[0]}?" if close else "Write our article number, as in the catalogue."
    )
    return Fault("sku", f"“{sku[:64]}” is no article of ours.", hint)


def withdraw(session: Session, report: PosReport, prints: set[str], *, now: datetime) -> None:
    """Of earlier files of this name: what a correction does not say no longer counts."""
    earlier = select(PosReport.id).where(
        PosReport.partner_id == report.partner_id, PosReport.name == report.name,
        PosReport.id != report.id, PosReport.at <= report.at,
    )  # fmt: skip
    standing = select(PosLine.id, PosLine.print).where(
        PosLine.report_id.in_(earlier), PosLine.replaced_at.is_(None)
    )
    gone = [row.id for row in session.execute(standing) if row.print not in prints]
    for some in _some(gone):
        named = select(PosRouting.named_line_id).where(PosRouting.line_id.in_(some))
        session.execute(
            update(PosLine).where(PosLine.id.in_(some))
            .values(replaced_at=now, replaced_by_id=report.id)
        )  # fmt: skip
        session.execute(
            update(PosNamedLine).where(PosNamedLine.id.in_(named)).values(replaced_at=now)
        )


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
        for some in _some(keys)
        for row in session.execute(query.where(PosLine.key.in_(some), *mine))
    }


def _some(keys: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(keys), AT_ONCE):
        yield keys[start : start + AT_ONCE]


def _keep(
    session: Session, report: PosReport, line: SaleLine, desk: Desk, *, now: datetime
) -> PosLine:
    product, reseller, customer = (
        desk.products[line.sku], desk.reseller(line), desk.customer(line)
    )  # fmt: skip
    deal = desk.deal(line, product, customer, reseller)
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
