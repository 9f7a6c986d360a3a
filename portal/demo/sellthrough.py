"""Point-of-sale reports: one distributor reports each month, and another is late."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select

from models import sellthrough
from models.catalog import Product
from models.deals import Deal, DealLine, DealStatus
from models.money import Money
from models.partners import Partner, PartnerParent, PartnerRole, PartnerStatus
from models.sellthrough import Rhythm, SaleLine
from portal.demo.story import Story

REPORTS, BY = "230", "272"
ARTICLES = ("HL-U509", "HL-U509-R", "LJ-0192-M")
SHOPS = (
    ("Cascade Couriers", "98101"), ("Great Plains Cycling Club", "68102"),
    ("Mercy Hospital", "02110"), ("Harbor Rentals", "94607"),
)  # fmt: skip
BAD = "BK-R93R-63"
"""An article that was never in the catalogue."""


def report(story: Story) -> None:
    arrow = story.partners[REPORTS]
    month = story.today.replace(day=1)
    last = (month - timedelta(days=1)).replace(day=1)
    before = (last - timedelta(days=1)).replace(day=1)
    by = story.staff[BY]
    late = story.session.scalars(
        select(Partner)
        .where(
            Partner.role == PartnerRole.DISTRIBUTOR, Partner.id != arrow.id,
            Partner.status == PartnerStatus.ACTIVE,
        )
        .order_by(Partner.name)
    ).first()  # fmt: skip
    for distributor in (arrow, late):
        if distributor:
            sellthrough.expect(story.session, distributor, Rhythm.MONTHLY, from_on=before, by=by,
                               now=story.at(before))  # fmt: skip
    reseller = _reseller_of(story, arrow)
    older = _lines(story, before, reseller)
    _hand_in(story, arrow, older, at=last + timedelta(days=2))
    newer = _lines(story, last, reseller)
    back = replace(
        older[0], row=6, report=newer[0].report, quantity=-1, invoice_number="CM-7104",
        sold_on=newer[0].sold_on, serials=older[0].serials[:1],
    )  # fmt: skip
    deal_line = _of_a_deal(story, newer[1])
    lines = [newer[0], deal_line, *newer[2:], back]
    _hand_in(story, arrow, lines, at=month + timedelta(days=1), bad=newer[0])


def _lines(story: Story, month: date, reseller: Partner | None) -> list[SaleLine]:
    made = []
    for number, (shop, postal) in enumerate(SHOPS):
        sku = ARTICLES[number % len(ARTICLES)]
        made.append(SaleLine(
            row=number + 2, report=f"POS-{month:%Y-%m}", distributor=story.partners[REPORTS].number,
            reseller_ref=reseller.number if reseller and number % 2 == 0 else "",
            reseller_name=reseller.name if reseller and number % 2 == 0 else "Walk-in sale",
            end_user_name=shop, end_user_postal=postal, end_user_country="US", sku=sku,
            quantity=number + 2, unit_price=Decimal("21.50") + number, currency="USD",
            invoice_number=f"GB-{month:%m}{number + 11}",
            sold_on=month + timedelta(days=3 + number),
            serials=() if number else (f"S{month:%m}A", f"S{month:%m}B"),
            deal_number="",
        ))  # fmt: skip
    return made


def _of_a_deal(story: Story, line: SaleLine) -> SaleLine:
    """The same line, but of an approved registration of the distributor or one of its resellers."""
    arrow = story.partners[REPORTS].id
    under = select(PartnerParent.partner_id).where(PartnerParent.distributor_id == arrow)
    found = story.session.execute(
        select(
            Deal.number, Deal.customer_name, Deal.customer_country, Deal.customer_postal_code,
            Product.sku, Partner.name, Partner.number.label("seller"),
        )
        .join(Partner, Partner.id == Deal.partner_id)
        .join(DealLine, DealLine.deal_id == Deal.id)
        .join(Product, Product.id == DealLine.product_id)
        .where(
            (Deal.partner_id == arrow) | Deal.partner_id.in_(under),
            Deal.status.in_((DealStatus.APPROVED, DealStatus.WON)), Deal.approved_on.is_not(None),
        )
        .order_by(Deal.id, DealLine.position)
    ).first()  # fmt: skip
    if found is None:
        return line
    return replace(
        line, end_user_name=found.customer_name, end_user_country=found.customer_country,
        end_user_postal=found.customer_postal_code, deal_number=found.number, sku=found.sku,
        unit_price=Decimal("419.00"), reseller_ref=found.seller, reseller_name=found.name,
    )  # fmt: skip


def _reseller_of(story: Story, distributor: Partner) -> Partner | None:
    """Its first reseller."""
    return story.session.scalars(
        select(Partner)
        .join(PartnerParent, PartnerParent.partner_id == Partner.id)
        .where(PartnerParent.distributor_id == distributor.id)
        .order_by(Partner.name)
    ).first()


def _hand_in(
    story: Story,
    distributor: Partner,
    lines: list[SaleLine],
    *,
    at: date,
    bad: SaleLine | None = None,
) -> None:
    """As the worker does it; `bad`: a line that was written with an unknown article besides."""
    session, now = story.session, story.at(min(at, story.today))
    kept = sellthrough.hand_in(
        session, distributor, file_name=f"{lines[0].report.lower()}.csv",
        content=repr(lines).encode(), by=story.sellers[REPORTS], now=now,
    )  # fmt: skip
    kept.name, kept.total = lines[0].report, len(lines) + (bad is not None)
    written = [replace(bad, row=kept.total + 1, sku=BAD)] if bad else []
    wrong = sellthrough.judge(session, kept, [*lines, *written], now=now)
    good = [line for line in lines if line.row not in wrong]
    known = sellthrough.take(session, kept, good, now=now)
    problems = [
        [line.row, fault.column, fault.what, fault.remedy, _cells(line)]
        for line in [*lines, *written] for fault in wrong.get(line.row, ())
    ]  # fmt: skip
    sellthrough.finish(session, kept, problems, known=known, now=now)


def _cells(line: SaleLine) -> list[str]:
    price = Money.of(line.unit_price, line.currency).major
    return [
        line.report, line.distributor, line.reseller_ref, line.reseller_name, line.end_user_name,
        line.end_user_postal, line.end_user_country, line.sku, str(line.quantity), f"{price:f}",
        line.currency, line.invoice_number, line.sold_on.isoformat(), ";".join(line.serials),
        line.deal_number,
    ]  # fmt: skip
