"""The 66 orders of the data as won deals with their invoices, and six European ones."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

from models import sales
from models.sales import Invoice, InvoiceDetails, LineDetails
from portal.demo import deals
from portal.demo.deals import Need
from portal.demo.reading import minor, rows
from portal.demo.story import Story

REGISTERED_BEFORE, DECIDED_BEFORE = timedelta(days=26), timedelta(days=25)
FREIGHT_PERCENT = 2

EUROPE = (
    ("212", "SO43664"),
    ("230", "SO43668"),
    ("355", "SO43677"),
    ("212", "SO43848"),
    ("122", "SO43845"),
    ("85", "SO43850"),
    ("158", "SO43849"),
)
"""European partners, and the order of the data whose articles their customers want too."""


@dataclass(frozen=True)
class Order:
    number: str
    on: date
    reseller: str
    lines: list[dict[str, str]]
    is_european: bool = False


def orders(story: Story) -> list[Order]:
    lines = defaultdict(list)
    for row in rows("orders"):
        lines[row["order_number"]].append(row)
    real = [
        Order(number, story.shift.day(own[0]["order_date"]), own[0]["reseller_key"], own)
        for number, own in lines.items()
    ]
    by_number = {order.number: order for order in real}
    like = [(reseller, by_number[number]) for reseller, number in EUROPE]
    europe = [
        Order(
            order.number.replace("SO", f"SOE{reseller}-"),
            order.on,
            reseller,
            order.lines,
            is_european=True,
        )
        for reseller, order in like
    ]
    return sorted([*real, *europe], key=lambda order: (order.on, order.number))


def tell(story: Story, all_orders: list[Order]) -> list[Invoice]:
    """Each order: registered, approved, won, invoiced, with the days in between."""
    invoices = []
    for number, order in zip(count(), all_orders):
        invoices.append(_tell_one(story, order, number))
        story.tick("orders")
    return invoices


def _tell_one(story: Story, order: Order, number: int) -> Invoice:
    need = Need(order.reseller, _goods(story, order), number)
    submitted = story.at(order.on - REGISTERED_BEFORE, hour=8 + number % 8)
    deal = deals.submit(story, need, at=submitted, close_on=order.on)
    deals.approve(story, deal, at=story.at(order.on - DECIDED_BEFORE, hour=9 + number % 7))
    won_at = story.at(order.on, hour=9 + number % 7)
    deals.win(story, need, deal, at=won_at, order=order.number)
    return sales.record_invoice(
        story.session,
        _invoice(story, order),
        deal=deal,
        by=story.staff["finance"],
        now=won_at + timedelta(hours=1),
    )


def _goods(story: Story, order: Order) -> tuple[tuple[str, int, int], ...]:
    if order.is_european:
        wanted = [(line["sku"], int(line["quantity"])) for line in order.lines]
        return deals.priced(story, order.reseller, *wanted)
    return tuple(
        (line["sku"], int(line["quantity"]), minor(line["unit_price"])) for line in order.lines
    )


def _invoice(story: Story, order: Order) -> InvoiceDetails:
    """The amounts of the data to the cent; freight on top."""
    if order.is_european:
        amounts = [many * unit for _, many, unit in _goods(story, order)]
    else:
        amounts = [minor(line["amount"]) for line in order.lines]
    return InvoiceDetails(
        number=f"INV-{order.number.removeprefix('SO')}",
        issued_on=order.on,
        currency=story.partners[order.reseller].currency,
        lines=tuple(
            LineDetails(sku=line["sku"], quantity=int(line["quantity"]), amount_minor=amount)
            for line, amount in zip(order.lines, amounts, strict=True)
        ),
        freight_minor=sum(amounts) * FREIGHT_PERCENT // 100,
    )
