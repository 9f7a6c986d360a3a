"""The partners that events are about: their plan, their currency, whom they buy through.

Read once a run, for many partners at a time; partners are named by hexadecimal digits, as
bulk.py reads them.  Reads only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from models import bulk
from models.commissions.plans import Assignments
from models.partners import Partner, PartnerParent, endings

DEEPEST = 10
"""Tiers of distribution that overrides can reach."""


class While(NamedTuple):
    """Something that holds from one day to before another."""

    from_on: date
    to_on: date
    what: Any


class Parties:
    """Whoever was not read before is read when asked about."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._assignments = Assignments(session)
        self._partners: dict[str, Row[Any]] = {}
        self._currencies: dict[str | UUID, str] = {}
        self._parents: dict[str, list[Any]] = {}
        self._tails: dict[str, date] = {}
        self._plans: dict[str, While] = {}
        self._above: dict[str, While] = {}

    def read(self, partner_ids: Iterable[str | UUID]) -> None:
        """These, and everybody above them, with few questions."""
        new = {digits(one) for one in partner_ids} - self._parents.keys()
        everybody = set(new)
        while new:
            above = self._read_parents(new)
            new = above - self._parents.keys()
            everybody |= above
        self._read_partners(everybody - self._partners.keys())

    def plan_of(self, partner_id: str | UUID, day: date) -> str:
        """The plan assigned on that day.  Raises Refused without one."""
        key = digits(partner_id)
        known = self._plans.get(key)
        if known is None or not known.from_on <= day < known.to_on:
            partner = self._partner(key)
            plan_id = self._assignments.chosen(partner, day).plan_id.hex
            bounds = self._assignments.bounds(partner)
            known = self._plans[key] = _while(day, bounds, plan_id)
        return str(known.what)

    def currency_of(self, partner_id: str | UUID, day: date) -> str:
        """In which it was paid on that day."""
        found = self._currencies.get(partner_id)
        if found is None:
            partner = self._partner(digits(partner_id))
            found = str(self._assignments.terms_on(partner, day).currency)
            if not self._assignments.has_changed(partner.id):
                self._currencies[partner_id] = found
        return found

    def is_over(self, partner_id: str | UUID, day: date) -> bool:
        """Whether its contract has ended, and its tail too, before that day."""
        key = digits(partner_id)
        self._partner(key)
        return key in self._tails and self._tails[key] < day

    def distributors_of(self, partner_id: str | UUID, day: date) -> tuple[str, ...]:
        """Whoever the partner bought through on that day, and so on upwards; the nearest first."""
        key = digits(partner_id)
        known = self._above.get(key)
        if known is None or not known.from_on <= day < known.to_on:
            known = self._above[key] = self._above_on(key, day)
        found: tuple[str, ...] = known.what
        return found

    def _above_on(self, key: str, day: date) -> While:
        found: list[str] = []
        bounds: list[date] = []
        above: str | None = key
        while above is not None and len(found) <= DEEPEST:
            above = self._parent_on(above, day, bounds)
            if above is None or above in found:
                break
            found.append(above)
        bounds += [self._tails[one] + timedelta(days=1) for one in found if one in self._tails]
        chain = tuple(one for one in found[:DEEPEST] if not self.is_over(one, day))
        return _while(day, bounds, chain)

    def _partner(self, key: str) -> Row[Any]:
        if key not in self._partners:
            self.read([key])
        return self._partners[key]

    def _parent_on(self, key: str, day: date, bounds: list[date]) -> str | None:
        if key not in self._parents:
            self.read([key])
        found = None
        for row in self._parents[key]:
            bounds += [row.from_on, row.to_on] if row.to_on else [row.from_on]
            if found is None and row.from_on <= day and (row.to_on is None or row.to_on > day):
                found = row.distributor
        return found

    def _read_parents(self, keys: Collection[str]) -> set[str]:
        """Their distributors, of whatever time."""
        rows = self._session.execute(
            select(
                bulk.hex_id(PartnerParent.partner_id).label("partner"),
                bulk.hex_id(PartnerParent.distributor_id).label("distributor"),
                PartnerParent.from_on,
                PartnerParent.to_on,
            ).where(bulk.among(self._session, PartnerParent.partner_id, keys))
        ).all()
        self._parents |= {key: [] for key in keys}
        for row in rows:
            self._parents[row.partner].append(row)
        return {row.distributor for row in rows}

    def _read_partners(self, keys: Collection[str]) -> None:
        if not keys:
            return
        columns = (Partner.name, Partner.tier, Partner.role, Partner.country, Partner.currency)
        rows = self._session.execute(
            select(Partner.id, *columns).where(bulk.among(self._session, Partner.id, keys))
        )
        self._partners |= {row.id.hex: row for row in rows}
        partner_ids = [UUID(key) for key in keys]
        for start in range(0, len(partner_ids), 5_000):
            some = partner_ids[start : start + 5_000]
            self._assignments.read(some)
            tails = endings.tails(self._session, some)
            self._tails |= {one.hex: day for one, day in tails.items()}


def digits(partner_id: str | UUID) -> str:
    return partner_id if isinstance(partner_id, str) else partner_id.hex


def _while(day: date, bounds: Iterable[date], what: Any) -> While:
    """The longest time around `day` in which none of the bounds lies."""
    before, after = date.min, date.max
    for bound in bounds:
        if bound <= day:
            before = max(before, bound)
        else:
            after = min(after, bound)
    return While(before, after, what)
