"""The partners that events are about: their plan, their currency, whom they buy through.

Read once a run, for many partners at a time.  Reads only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from models.commissions.plans import Assignments
from models.partners import Partner, PartnerParent, endings

DEEPEST = 10
"""Tiers of distribution that overrides can reach."""


class Parties:
    """Whoever was not read before is read when asked about."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._assignments = Assignments(session)
        self._partners: dict[UUID, Row[Any]] = {}
        self._parents: dict[UUID, list[Any]] = {}
        self._tails: dict[UUID, date] = {}
        self._plans: dict[tuple[UUID, date], UUID] = {}

    def read(self, partner_ids: Iterable[UUID]) -> None:
        """These, and everybody above them, with few questions."""
        new = set(partner_ids) - self._parents.keys()
        everybody = set(new)
        while new:
            above = self._read_parents(new)
            new = above - self._parents.keys()
            everybody |= above
        self._read_partners(everybody - self._partners.keys())

    def plan_of(self, partner_id: UUID, day: date) -> UUID:
        """The plan assigned on that day.  Raises Refused without one."""
        asked = (partner_id, day)
        if asked not in self._plans:
            self._plans[asked] = self._assignments.plan_for(self._partner(partner_id), day).plan_id
        return self._plans[asked]

    def currency_of(self, partner_id: UUID) -> str:
        return self._partner(partner_id).currency

    def is_over(self, partner_id: UUID, day: date) -> bool:
        """Whether its contract has ended, and its tail too, before that day."""
        self._partner(partner_id)
        return partner_id in self._tails and self._tails[partner_id] < day

    def distributors_of(self, partner_id: UUID, day: date) -> tuple[str, ...]:
        """Whoever the partner bought through on that day, and so on upwards; the nearest first."""
        found: list[UUID] = []
        above = self._parent_on(partner_id, day)
        while above is not None and above not in found and len(found) < DEEPEST:
            found.append(above)
            above = self._parent_on(above, day)
        return tuple(str(one) for one in found if not self.is_over(one, day))

    def _partner(self, partner_id: UUID) -> Row[Any]:
        if partner_id not in self._partners:
            self.read([partner_id])
        return self._partners[partner_id]

    def _parent_on(self, partner_id: UUID, day: date) -> UUID | None:
        if partner_id not in self._parents:
            self.read([partner_id])
        for row in self._parents[partner_id]:
            if row.from_on <= day and (row.to_on is None or row.to_on > day):
                return row.distributor_id
        return None

    def _read_parents(self, partner_ids: Collection[UUID]) -> set[UUID]:
        """Their distributors, of whatever time."""
        rows = self._session.execute(
            select(
                PartnerParent.partner_id,
                PartnerParent.distributor_id,
                PartnerParent.from_on,
                PartnerParent.to_on,
            ).where(PartnerParent.partner_id.in_(partner_ids))
        ).all()
        self._parents |= {partner_id: [] for partner_id in partner_ids}
        for row in rows:
            self._parents[row.partner_id].append(row)
        return {row.distributor_id for row in rows}

    def _read_partners(self, partner_ids: Collection[UUID]) -> None:
        if not partner_ids:
            return
        columns = (Partner.name, Partner.tier, Partner.role, Partner.country, Partner.currency)
        rows = self._session.execute(
            select(Partner.id, *columns).where(Partner.id.in_(partner_ids))
        )
        self._partners |= {row.id: row for row in rows}
        self._assignments.read(partner_ids)
        self._tails |= endings.tails(self._session, partner_ids)
