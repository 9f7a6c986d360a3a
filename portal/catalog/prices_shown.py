"""Whose prices a list of products shows: a partner's own, or those that staff ask for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request
from sqlalchemy import Select, select

from models import catalog, vendor
from models.calendars import local_day
from models.money import Money, is_currency
from models.partners import Partner, Tier
from models.people import Actor
from portal.clock import now
from portal.database import session
from portal.sheets import Column


@dataclass(frozen=True)
class Prices:
    """In which currency, for which tier (None: the list for all), on which day."""

    currency: str
    tier: Tier | None
    on: date

    def of(self, row: Any) -> Money | None:
        return None if row.unit_minor is None else Money(row.unit_minor, self.currency)

    def added_to(self, query: Select) -> Select:
        return catalog.priced(query, currency=self.currency, tier=self.tier, on=self.on)

    def columns(self) -> list[Column]:
        return [
            Column("Article", lambda row: row.sku),
            Column("Name", lambda row: row.name),
            Column("Family", lambda row: row.family_name),
            Column("Category", lambda row: row.category),
            Column("Price", self.of, "money"),
            Column("Currency", lambda row: None if row.unit_minor is None else self.currency),
        ]


def today() -> date:
    return local_day(now(), vendor.settings(session).time_zone)


def prices_for(person: Actor) -> Prices:
    """A partner's own currency and tier; for staff those of the address, else the base's."""
    if person.partner_id is not None:
        own = session.execute(
            select(Partner.currency, Partner.tier).where(Partner.id == person.partner_id)
        ).one()
        return Prices(own.currency, own.tier, today())
    currency, tier = request.args.get("currency", "").upper(), request.args.get("tier", "")
    return Prices(
        currency if is_currency(currency) else vendor.settings(session).base_currency,
        Tier(tier) if tier in list(Tier) else None,
        today(),
    )
