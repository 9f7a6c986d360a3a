"""Sales of one month for benchmarks/commissions.py; the same seed makes the same sales."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from models import bulk, commissions
from models.base import human_number, long_number, new_id
from models.customers import Customer
from models.deals import Deal
from models.partners import Partner, PartnerParent, PartnerRole, PartnerStatus, Tier
from models.people import SYSTEM
from models.sales import EarningEvent, Invoice, InvoiceLine
from models.scope import ScopedSession
from models.vendor import Vendor

SEED = 20261122
BATCH = 10_000
"""Sales that are written together."""
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


class Sales:
    """Made as they are written: rows of text, in the order of the columns below."""

    def __init__(self, count: int, partners: list[UUID], customers: list[UUID]) -> None:
        self._count, self._made, self._number = count, 0, 0
        self._partners = [one.hex for one in partners]
        self._customers = [one.hex for one in customers]
        self._rng, self._ids = random.Random(SEED), bulk.new_ids()
        self._rows: dict[Any, list[tuple[Any, ...]]] = {kind: [] for kind in COLUMNS}

    def fill(self, session: ScopedSession) -> None:
        """Write one sale after another, until there are as many earning events."""
        while self._made < self._count:
            self._make()
            self._number += 1
            if self._number % BATCH == 0:
                self._write(session)
        self._write(session)

    def _make(self) -> None:
        rng, ids, number = self._rng, self._ids, self._number
        second = rng.randrange(29 * 24 * 3600)
        net = rng.randrange(500_00, 20_000_00)
        partner, customer = rng.choice(self._partners), rng.choice(self._customers)
        at, day = instant(second), (second + MORNING) // DAY
        deal = next(ids) if number % 2 else None
        if deal is not None:
            days, won = (DAYS[day - 20], DAYS[day + 70]), instant(second - 5 * 3600)
            told = (deal, partner, long_number("D", deal), net, customer)
            self._rows[Deal].append((*told, *days, won, at, at, at))
        invoice, on = next(ids), DAYS[day]
        bill = (invoice, partner, f"INV-{number}", deal, customer, on, net, net, at)
        self._rows[Invoice].append(bill)
        left, counted = net // 4, net - net // 4
        self._rows[InvoiceLine] += (
            (next(ids), partner, invoice, 1, "BIKE", counted, 1),
            (next(ids), partner, invoice, 2, "SERVICE", left, 0),
        )
        self._earn(partner, "paid", deal, invoice, at, net)
        if self._made < self._count and rng.random() < REFUNDED:
            back = rng.randrange(1_00, net)
            self._earn(partner, "refund", deal, invoice, instant(second + DAY), back)

    def _earn(
        self, partner: str, kind: str, deal: str | None, invoice: str, at: str, minor: int
    ) -> None:
        ids, self._made = self._ids, self._made + 1
        told = (next(ids), partner, kind, deal, invoice, next(ids), at, minor, at)
        self._rows[EarningEvent].append(told)

    def _write(self, session: ScopedSession) -> None:
        """As models/bulk.py takes them; what a row does not say is the same in each."""
        for kind, rows in self._rows.items():
            same = _defaults(kind, COLUMNS[kind]) | SAME[kind]
            columns, rest = (*COLUMNS[kind], *same), tuple(same.values())
            bulk.insert(session, kind.__table__, columns, [row + rest for row in rows])
            rows.clear()


COLUMNS: dict[Any, tuple[str, ...]] = {
    Deal: (
        "id", "partner_id", "number", "value_minor", "customer_id", "approved_on",
        "protected_through", "won_at", "created_at", "updated_at", "changed_at",
    ),
    Invoice: (
        "id", "partner_id", "number", "deal_id", "customer_id", "issued_on", "net_minor",
        "open_minor", "recorded_at",
    ),
    InvoiceLine: (
        "id", "partner_id", "invoice_id", "position", "sku", "amount_minor", "commissionable",
    ),
    EarningEvent: (
        "id", "partner_id", "kind", "deal_id", "invoice_id", "source_id", "at", "amount_minor",
        "recorded_at",
    ),
}  # fmt: skip
SAME: dict[Any, dict[str, Any]] = {
    Deal: {"status": "won", "value_currency": "EUR", "asked_fields": "[]"},
    Invoice: {"currency": "EUR"},
    InvoiceLine: {"quantity": 1},
    EarningEvent: {"currency": "EUR"},
}
DAY, MORNING = 24 * 3600, OPENED.hour * 3600
DAYS = {day: (OPENED.date() + timedelta(days=day)).isoformat() for day in range(-25, 125)}


def instant(second: int) -> str:
    """So many seconds after OPENED, as both databases take it."""
    day, rest = divmod(second + MORNING, DAY)
    return f"{DAYS[day]} {rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}.000000"


def _defaults(kind: Any, told: tuple[str, ...]) -> dict[str, Any]:
    """Of the columns that have one and are not told."""
    return {
        one.name: str(one.default.arg)
        for one in kind.__table__.columns
        if one.default is not None and one.default.is_scalar and one.name not in told
    }
