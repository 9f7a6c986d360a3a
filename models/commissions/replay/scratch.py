"""The rows that a replayed case needs: vendor, partners, customers, deals, plan, rates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from models.base import new_id
from models.catalog import ExchangeRate
from models.commissions.engine import Sale
from models.commissions.engine.state import Customer as CustomerMemory
from models.commissions.memory import Memories
from models.commissions.operations.planning import add_version, assign, make_plan
from models.commissions.replay.case import SINCE_EVER, PlanCase, distributors, recorded_at
from models.commissions.tables import Plan
from models.customers import Customer
from models.deals import Deal, DealStatus
from models.money import Money
from models.partners import Partner, PartnerRole, PartnerStatus
from models.people import SYSTEM
from models.vendor import Vendor

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class Scratch:
    """Who is who: the file's names, and the ids of the rows that stand for them."""

    def __init__(self, session: Session, plan: PlanCase, case: Mapping[str, Any]) -> None:
        self._session, self._plan = session, plan
        self.partners: dict[str, UUID] = {}
        self.customers: dict[str, UUID] = {}
        self.deals: dict[str, UUID] = {}
        self._vendor()
        for deal in case.get("deals", {}).values():
            self._partners_of(deal)
        for event in case.get("events", ()):
            self._partner(event.get("partner"))
        self._make_plan(_begins(case))
        self._keep_rates()
        self._prior_purchases(case.get("prior_purchases", {}))

    def sale(self, sale: Sale) -> Sale:
        """The sale with our ids in place of the file's names, and its deal's row."""
        customer = sale.customer and self._customer(sale.customer).hex
        deal_id = self._deal(sale)
        return sale._replace(
            deal=deal_id.hex,
            key=deal_id.hex,
            partner=self.partners[sale.partner].hex,
            customer=customer,
            distributors=tuple(self.partners[one].hex for one in sale.distributors),
            splits=tuple((self.partners[one].hex, weight) for one, weight in sale.splits),
        )

    def name_of(self, kind: dict[str, UUID], key: UUID | None) -> str | None:
        return next((name for name, one in kind.items() if one == key), None)

    def _vendor(self) -> None:
        self._session.add(
            Vendor(
                name="Replay",
                legal_name="Replay",
                country="US",
                base_currency=self._plan.currency,
                time_zone=self._plan.time_zone,
            )
        )

    def _partners_of(self, deal: Mapping[str, Any]) -> None:
        self._partner(deal.get("partner"))
        for partner, _weight in deal.get("splits", ()):
            self._partner(partner)
        for distributor in distributors(deal):
            self._partner(distributor, PartnerRole.DISTRIBUTOR)

    def _partner(self, name: str | None, role: PartnerRole = PartnerRole.RESELLER) -> UUID | None:
        if name is None or name in self.partners:
            return self.partners.get(name or "")
        partner = Partner(
            id=new_id(),
            number=name,
            name=name,
            role=role,
            status=PartnerStatus.ACTIVE,
            country="US",
            currency=self._plan.payout_currency,
            created_at=BEGINNING,
        )
        self.partners[name] = self._keep(partner)
        return self.partners[name]

    def _customer(self, name: str) -> UUID:
        if name not in self.customers:
            customer = Customer(
                id=new_id(), name=name, core_name=name, country="US", created_at=BEGINNING
            )
            self.customers[name] = self._keep(customer)
        return self.customers[name]

    def _deal(self, sale: Sale) -> UUID:
        """A won deal without orders of ours: only the file's own events earn."""
        if sale.deal not in self.deals:
            deal = Deal(
                id=new_id(),
                partner_id=self.partners[sale.partner],
                number=sale.deal,
                status=DealStatus.WON,
                value=Money(max(sale.net_minor, 0), sale.currency),
                customer_id=self._customer(sale.customer or "customer"),
                customer_name=sale.customer or "",
                won_at=sale.won_at,
                created_at=BEGINNING,
                updated_at=BEGINNING,
                changed_at=BEGINNING,
            )
            self.deals[sale.deal] = self._keep(deal)
        return self.deals[sale.deal]

    def _make_plan(self, begins: datetime) -> None:
        plan = make_plan(
            self._session,
            name=self._plan.name,
            currency=self._plan.currency,
            payout_currency=self._plan.payout_currency,
            time_zone=self._plan.time_zone,
            earning_event=self._plan.trigger,
            fx_policy=self._plan.fx_policy,
            by=SYSTEM,
            now=BEGINNING,
        )
        self._add_versions(plan)
        # No draw is due before anything happens.
        assign(self._session, plan, from_on=SINCE_EVER, by=SYSTEM, now=begins)

    def _add_versions(self, plan: Plan) -> None:
        for version in sorted(self._plan.versions, key=lambda version: version.from_on):
            add_version(
                self._session,
                plan,
                rules=version.rules,
                from_on=version.from_on,
                to_on=version.to_on,
                by=SYSTEM,
                now=BEGINNING,
            )

    def _keep_rates(self) -> None:
        for pair, rates in self._plan.rates.items():
            base, quote = pair.split("/")
            self._session.add_all(
                ExchangeRate(
                    base=base,
                    quote=quote,
                    on=date.fromisoformat(on),
                    rate=Decimal(str(rate)),
                    source="the file",
                )
                for on, rate in rates.items()
            )

    def _prior_purchases(self, purchases: Mapping[str, str]) -> None:
        memories = Memories(self._session)
        for customer, on in purchases.items():
            memory = memories.state.get(CustomerMemory, self._customer(customer).hex)
            memory.last_on, memory.month = on, on[:7]
        memories.keep()

    def _keep(self, row: Any) -> UUID:
        self._session.add(row)
        self._session.flush()
        return row.id


def _begins(case: Mapping[str, Any]) -> datetime:
    """When the first event was recorded."""
    events = enumerate(case.get("events", ()))
    instants = (recorded_at(raw, f"events[{index}]") for index, raw in events)
    return min(instants, default=BEGINNING)


def months_of_draws(versions: Iterable[Any]) -> set[str]:
    """The months that a draw is paid in, whether anything was sold or not."""
    draws = (version.rules.get("draw") for version in versions)
    return {month for draw in draws if draw for month in draw.get("periods") or ()}
