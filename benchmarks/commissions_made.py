"""Sales of one month for benchmarks/commissions.py; the same seed makes the same sales."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from models import bulk, commissions
from models.base import human_number, new_id
from models.customers import Customer
from models.deals import Deal, DealStatus
from models.partners import Partner, PartnerParent, PartnerRole, PartnerStatus, Tier
from models.people import SYSTEM
from models.sales import EarningEvent, EarningKind, Invoice, InvoiceLine
from models.scope import ScopedSession
from models.vendor import Vendor

SEED = 20261122
BATCH = 2_000
MONTH = "2026-10"
OPENED = datetime(2026, 10, 1, 8, tzinfo=UTC)
CLOSED = datetime(2026, 11, 2, 8, tzinfo=UTC)
SINCE = date(2025, 1, 1)
TIERS = [["0", "0.05"], ["5000", "0.08"], ["20000", "0.10"], ["100000", "0.12"]]
RULES = {
    "base": {"type": "tier", "mode": "marginal", "window": "month", "tiers": TIERS},
    "dealreg_uplift": "0.02",
    "override": {"rate": "0.03", "basis": "net"},
    "clawback": {"days": 90},
}
CUSTOMERS = 1_000
REFUNDED = 0.01


def founded(session: ScopedSession, partner_count: int) -> tuple[list[UUID], list[UUID]]:
    """(resellers, customers), with the vendor, the distributors and the plan beside them."""
    vendor = {"name": "Vendor", "legal_name": "Vendor", "country": "DE"}
    session.add(Vendor(**vendor, base_currency="EUR", time_zone="Europe/Berlin"))
    distributors = [_partner(number, PartnerRole.DISTRIBUTOR) for number in range(50)]
    resellers = [_partner(number, PartnerRole.RESELLER) for number in range(partner_count)]
    customers = [_customer(number) for number in range(CUSTOMERS)]
    session.execute(insert(Partner), distributors + resellers)
    session.execute(
        insert(PartnerParent),
        [
            {
                "partner_id": reseller["id"],
                "distributor_id": distributors[number % 50]["id"],
                "from_on": SINCE,
            }
            for number, reseller in enumerate(resellers)
        ],
    )
    session.execute(insert(Customer), customers)
    told: dict[str, Any] = {"by": SYSTEM, "now": OPENED}
    plan = commissions.make_plan(
        session, name="Tiers", currency="EUR", time_zone="Europe/Berlin", **told
    )
    commissions.add_version(session, plan, rules=RULES, from_on=SINCE, **told)
    commissions.assign(session, plan, from_on=SINCE, **told)
    return [row["id"] for row in resellers], [row["id"] for row in customers]


def _partner(number: int, role: PartnerRole) -> dict[str, Any]:
    key = new_id()
    name = f"{role.value.capitalize()} {number}"
    return {
        "id": key,
        "number": human_number("P", key, 10),
        "name": name,
        "legal_name": name,
        "role": role,
        "tier": Tier.SILVER,
        "status": PartnerStatus.ACTIVE,
        "country": "DE",
        "currency": "EUR",
        "created_at": OPENED,
    }


def _customer(number: int) -> dict[str, Any]:
    name = f"Customer {number}"
    return {
        "id": new_id(),
        "name": name,
        "core_name": name.lower(),
        "country": "DE",
        "created_at": OPENED,
    }


def sales(
    count: int, partners: list[UUID], customers: list[UUID]
) -> Iterator[list[tuple[type, dict[str, Any]]]]:
    """The rows of one sale after another, until there are `count` earning events."""
    rng = random.Random(SEED)
    made = 0
    while made < count:
        at = OPENED + timedelta(seconds=rng.randrange(29 * 24 * 3600))
        net = rng.randrange(500_00, 20_000_00)
        sale = _sale(at, net, rng.choice(partners), rng.choice(customers), made)
        invoice = next(row for table, row in sale if table is Invoice)
        if made + 2 <= count and rng.random() < REFUNDED:
            back = rng.randrange(1_00, net)
            sale.append(_event(invoice, EarningKind.REFUND, at + timedelta(days=1), back))
        yield sale
        made += sum(table is EarningEvent for table, _ in sale)


def _sale(
    at: datetime, net: int, partner: UUID, customer: UUID, number: int
) -> list[tuple[type, dict[str, Any]]]:
    deals = [(Deal, _deal(at, net, partner, customer))] if number % 2 else []
    invoice = {
        "id": new_id(),
        "partner_id": partner,
        "number": f"INV-{number}",
        "deal_id": deals[0][1]["id"] if deals else None,
        "customer_id": customer,
        "issued_on": at.date(),
        "currency": "EUR",
        "net_minor": net,
        "open_minor": net,
        "recorded_at": at,
    }
    lines = [
        (InvoiceLine, _line(invoice, 1, "BIKE", net - net // 4)),
        (InvoiceLine, _line(invoice, 2, "SERVICE", net // 4)),
    ]
    return [*deals, (Invoice, invoice), *lines, _event(invoice, EarningKind.PAID, at, net)]


def _deal(at: datetime, net: int, partner: UUID, customer: UUID) -> dict[str, Any]:
    key = new_id()
    return {
        "id": key,
        "partner_id": partner,
        "number": human_number("D", key, 10),
        "status": DealStatus.WON,
        "value_minor": net,
        "value_currency": "EUR",
        "customer_id": customer,
        "approved_on": at.date() - timedelta(days=20),
        "protected_through": at.date() + timedelta(days=70),
        "asked_fields": "[]",
        "won_at": at - timedelta(hours=5),
        "created_at": at,
        "updated_at": at,
        "changed_at": at,
    }


def _line(invoice: dict[str, Any], position: int, sku: str, minor: int) -> dict[str, Any]:
    return {
        "partner_id": invoice["partner_id"],
        "invoice_id": invoice["id"],
        "position": position,
        "sku": sku,
        "quantity": 1,
        "amount_minor": minor,
        "commissionable": sku == "BIKE",
    }


def _event(
    invoice: dict[str, Any], kind: EarningKind, at: datetime, minor: int
) -> tuple[type, dict[str, Any]]:
    return EarningEvent, {
        "partner_id": invoice["partner_id"],
        "kind": kind,
        "deal_id": invoice["deal_id"],
        "invoice_id": invoice["id"],
        "source_id": new_id(),
        "at": at,
        "amount_minor": minor,
        "currency": "EUR",
        "recorded_at": at,
    }


def fill(session: ScopedSession, made: Iterator[list[tuple[type, dict[str, Any]]]]) -> None:
    while batch := list(islice(made, BATCH)):
        for kind in (Deal, Invoice, InvoiceLine, EarningEvent):
            _insert(session, kind, [row for sale in batch for one, row in sale if one is kind])


def _insert(session: ScopedSession, kind: Any, rows: list[dict[str, Any]]) -> None:
    """As models/bulk.py takes them; what a row does not say is the column's default."""
    if not rows:
        return
    table = kind.__table__
    columns = [one.name for one in table.columns if one.name in rows[0] or _has_default(one)]
    defaults = {
        one.name: _told(one.default.arg)
        for one in table.columns
        if _has_default(one) and one.name != "id"
    }
    ids = bulk.new_ids()
    told = []
    for row in rows:
        whole = defaults | {name: _told(value) for name, value in row.items()}
        whole.setdefault("id", next(ids))
        told.append(tuple(whole[name] for name in columns))
    bulk.insert(session, table, columns, told)


def _has_default(column: Any) -> bool:
    return column.name == "id" or (column.default is not None and column.default.is_scalar)


def _told(value: Any) -> Any:
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, datetime):
        return bulk.instant_text(value)
    return value.isoformat() if isinstance(value, date) else value
