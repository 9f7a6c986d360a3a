"""Ties and holes of the territories as they stand: what an administrator has to put right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from models import territories
from models.people import Person, PersonStatus, Role
from models.redrawing.rules import CustomerMove, DealMove, Redrawing
from models.territories import Key, Rule, Territory, TerritoryStatus, nearest

LOOKED_AFTER = (Role.CHANNEL_MANAGER, Role.SALES_MANAGER)


@dataclass
class Tie:
    """Territories that hold something equally, and what."""

    territories: tuple[Key, ...]
    customers: list[CustomerMove] = field(default_factory=list)
    deals: list[DealMove] = field(default_factory=list)
    """Open ones."""


@dataclass
class Hole:
    """A country, or a part of one, where customers are nobody's."""

    country: str
    subdivision: str
    customers: int = 0
    revenue_minor: int = 0
    unheld: int = 0
    """Of the customers, those that no territory holds at all."""


@dataclass(frozen=True)
class Unmanaged:
    """A territory for which the default managers stand in."""

    id: UUID
    name: str
    lacks: str


@dataclass(frozen=True)
class Gaps:
    ties: Sequence[Tie]
    holes: Sequence[Hole]
    unmanaged: Sequence[Unmanaged]
    idle: Sequence[Row]
    """Managers who are here and whom no territory names: id, name, role."""
    unheld: Sequence[Row]
    """Exclusive territories that share a part with another exclusive one: id, name."""
    names: dict[Key, str]

    @property
    def count(self) -> int:
        return sum(map(len, (self.ties, self.holes, self.unmanaged, self.idle)))


def gaps_of(session: Session, today_s: Redrawing, *, today: date) -> Gaps:
    """today_s: what the territories as they stand hold, as `simulate` of no change tells it."""
    rules = {rule.id: rule for rule in territories.as_rules(session)}
    return Gaps(
        ties=_ties(today_s),
        holes=_holes(today_s),
        unmanaged=_unmanaged(session, rules, today),
        idle=_idle(session, today),
        unheld=session.execute(territories.unheld(today)).all(),
        names={rule.id: rule.name for rule in rules.values()},
    )


def _ties(found: Redrawing) -> list[Tie]:
    ties: dict[tuple[Key, ...], Tie] = {}

    def tie(move: CustomerMove | DealMove) -> Tie:
        keys = tuple(sorted((move.after.territory, *move.after.tied), key=str))
        return ties.setdefault(keys, Tie(keys))

    for customer in found.customers:
        if customer.after.tied:
            tie(customer).customers.append(customer)
    for deal in found.deals:
        if deal.after.tied and deal.is_open:
            tie(deal).deals.append(deal)
    return sorted(ties.values(), key=lambda each: -len(each.customers) - len(each.deals))


def _holes(found: Redrawing) -> list[Hole]:
    holes: dict[tuple[str, str], Hole] = {}
    for customer in found.nobodys_customers:
        place = (customer.country, customer.subdivision)
        hole = holes.setdefault(place, Hole(*place))
        hole.customers += 1
        hole.revenue_minor += customer.revenue_minor
        hole.unheld += customer.after.territory is None
    return sorted(holes.values(), key=lambda each: (-each.revenue_minor, -each.customers))


def _unmanaged(session: Session, rules: dict[Key, Rule], today: date) -> list[Unmanaged]:
    present = territories.still_here(session)
    lacking: dict[Key, list[str]] = defaultdict(list)
    for rule in rules.values():
        over = rule.to_on is not None and rule.to_on <= today
        if rule.status is not TerritoryStatus.ACTIVE or over:
            continue
        if nearest(rule, rules, lambda each: _here(each.channel_manager, present), today) is None:
            lacking[rule.id].append("channel manager")
        if nearest(rule, rules, lambda each: _here(each.sales_manager, present), today) is None:
            lacking[rule.id].append("sales manager")
    told = [Unmanaged(key, rules[key].name, " and ".join(lacks)) for key, lacks in lacking.items()]
    return sorted(told, key=lambda each: each.name)


def _here(manager: Key | None, present: frozenset[UUID]) -> Key | None:
    return manager if manager in present else None


def _idle(session: Session, today: date) -> Sequence[Row]:
    named = select(Territory.id).where(
        *territories.holding(today),
        Territory.drawing_id.is_(None),
        (Territory.channel_manager_id == Person.id) | (Territory.sales_manager_id == Person.id),
    )
    return session.execute(
        select(Person.id, Person.name, Person.role)
        .where(
            Person.role.in_(LOOKED_AFTER),
            Person.status == PersonStatus.ACTIVE,
            ~named.exists(),
        )
        .order_by(Person.name, Person.id)
    ).all()
