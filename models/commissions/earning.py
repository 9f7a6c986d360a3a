"""The events that earn, with what their invoice and deal say, as one row each.  Reads only."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    CompoundSelect,
    Select,
    String,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import aliased

from models import bulk
from models.deals import Deal
from models.sales import EarningEvent, EarningKind, Invoice, InvoiceLine
from models.wins import DealOrder, OrderState


class Earning(NamedTuple):
    """An earning event, or an order won (`invoice_id` is None).  Amounts in minor units."""

    id: str
    at: str
    recorded_at: str
    kind: str
    amount_minor: int
    partner_id: str
    deal_id: str | None
    invoice_id: str | None
    currency: str
    net_minor: int
    customer_id: str | None
    issued_on: str | None
    part_minor: int | None
    """The commissionable part of the invoice."""
    deal_kind: str | None
    won_at: str | None
    approved_on: str | None
    protected_through: str | None
    turn_at: str
    """When it is its turn: a refund after every payment that had been recorded before it."""


_COUNTED = case((InvoiceLine.commissionable, InvoiceLine.amount_minor), else_=0)
PART = (
    select(func.coalesce(func.sum(_COUNTED), Invoice.net_minor))
    .where(InvoiceLine.invoice_id == Invoice.id)
    .correlate(Invoice)
    .scalar_subquery()
)


_BEFORE = aliased(EarningEvent)
TURN = case(
    (
        EarningEvent.kind == EarningKind.REFUND,
        select(func.max(_BEFORE.at))
        .where(
            _BEFORE.invoice_id == EarningEvent.invoice_id,
            _BEFORE.recorded_at <= EarningEvent.recorded_at,
            or_(_BEFORE.kind == EarningKind.PAID, _BEFORE.id == EarningEvent.id),
        )
        .correlate(EarningEvent)
        .scalar_subquery(),
    ),
    else_=EarningEvent.at,
)


def earned(*more: Any) -> Any:
    """Payments and what was refunded; more: columns beside those of Earning."""
    return (
        select(
            bulk.hex_id(EarningEvent.id).label("id"),
            bulk.utc_text(EarningEvent.at).label("at"),
            bulk.utc_text(EarningEvent.recorded_at).label("recorded_at"),
            type_coerce(EarningEvent.kind, String).label("kind"),
            EarningEvent.amount_minor,
            bulk.hex_id(EarningEvent.partner_id).label("partner_id"),
            bulk.hex_id(EarningEvent.deal_id).label("deal_id"),
            bulk.hex_id(EarningEvent.invoice_id).label("invoice_id"),
            Invoice.currency,
            Invoice.net_minor,
            bulk.hex_id(Invoice.customer_id).label("customer_id"),
            bulk.day_text(Invoice.issued_on).label("issued_on"),
            cast(PART, BigInteger).label("part_minor"),
            *_of_deal(),
            bulk.utc_text(TURN).label("turn_at"),
            *more,
        )
        .join(Invoice, Invoice.id == EarningEvent.invoice_id)
        .outerjoin(Deal, Deal.id == EarningEvent.deal_id)
    )


def ordered(*more: Any) -> Any:
    """Orders that count: each is a deal won, or a part of one."""
    value: Any = Deal
    order: Any = DealOrder
    return (
        select(
            bulk.hex_id(DealOrder.id).label("id"),
            bulk.utc_text(DealOrder.ordered_at).label("at"),
            bulk.utc_text(DealOrder.ordered_at).label("recorded_at"),
            literal("won", String).label("kind"),
            order.amount_minor,
            bulk.hex_id(DealOrder.partner_id).label("partner_id"),
            bulk.hex_id(DealOrder.deal_id).label("deal_id"),
            cast(null(), String).label("invoice_id"),
            value.value_currency.label("currency"),
            value.value_minor.label("net_minor"),
            bulk.hex_id(Deal.customer_id).label("customer_id"),
            cast(null(), String).label("issued_on"),
            cast(null(), BigInteger).label("part_minor"),
            *_of_deal(),
            bulk.utc_text(DealOrder.ordered_at).label("turn_at"),
            *more,
        )
        .join(Deal, Deal.id == DealOrder.deal_id)
        .where(DealOrder.state == OrderState.ACCEPTED)
    )


def _of_deal() -> tuple[Any, ...]:
    return (
        type_coerce(Deal.kind, String).label("deal_kind"),
        bulk.utc_text(Deal.won_at).label("won_at"),
        bulk.day_text(Deal.approved_on).label("approved_on"),
        bulk.day_text(Deal.protected_through).label("protected_through"),
    )


def in_order(events: Select[Any], orders: Select[Any], *, by_partner: bool) -> CompoundSelect[Any]:
    """Both, as they happened; by_partner: one partner after another."""
    both: CompoundSelect[Any] = union_all(events, orders)
    told = both.selected_columns
    first = [told.partner_id] if by_partner else []
    return both.order_by(*first, told.turn_at, told.id)
