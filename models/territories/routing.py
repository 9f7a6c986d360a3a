"""Routing: everything gets a channel manager and a sales manager, and a sentence that says why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType
from uuid import UUID

from sqlalchemy.orm import Session

from models import vendor
from models.people import Role
from models.territories import queries
from models.territories.current import Map, map_of
from models.territories.loads import Loads, relieve
from models.territories.resolving import Action, Assigned, Key, Resolution, assigned
from models.territories.rules import ExclusivePolicy, Facts, Rule
from models.territories.tables import RoutingLog
from models.territories.words import area_words, steps, why


@dataclass(frozen=True, kw_only=True)
class Routing:
    """Who looks after it, and why, in a sentence fit to show."""

    territory_id: UUID | None
    territory_name: str | None
    owner_id: UUID | None
    """The partner whose territory it is."""
    channel_manager_id: UUID | None
    sales_manager_id: UUID | None
    """None only where the vendor has no staff at all."""
    action: Action
    why: str
    steps: list[str]
    conflict: bool
    rule: str
    """The kind of area that decided, or "default"."""
    candidates: list[dict[str, str]]


def route(
    session: Session,
    facts: Facts,
    *,
    on: date,
    about: tuple[str, UUID],
    now: datetime,
    loads: Loads = MappingProxyType({}),
) -> Routing:
    """Decide who looks after it on that day, and keep why.  On the vendor's side.

    about: kind and id of what is routed, such as ("deal", deal.id).
    loads: open deals by person, for those who do not take any number.
    """
    facts = replace(facts, on=on)
    found = preview(session, facts, loads=loads)
    kind, about_id = about
    session.add(
        RoutingLog(
            at=now,
            about_kind=kind,
            about_id=about_id,
            territory_id=found.territory_id,
            channel_manager_id=found.channel_manager_id,
            sales_manager_id=found.sales_manager_id,
            action=found.action,
            is_conflict=found.conflict,
            rule=found.rule,
            candidates=found.candidates,
            why=found.why,
            facts={name: str(value) for name, value in vars(facts).items() if value is not None},
            steps=found.steps,
            revision=map_of(session).revision,
        )
    )
    session.flush()
    return found


def preview(session: Session, facts: Facts, *, loads: Loads = MappingProxyType({})) -> Routing:
    """Who would look after it, without keeping anything.  `facts.on` must be said."""
    session.flush()
    here = map_of(session)
    found = here.index.resolve(facts, ExclusivePolicy(vendor.settings(session).exclusive_policy))
    rule = found.winner.rule if found.winner else None
    channel, sales, moved = _two(session, here, rule, facts, loads)
    return Routing(
        territory_id=rule.id if rule else None,
        territory_name=rule.name if rule else None,
        owner_id=rule.owner if rule else None,
        channel_manager_id=channel.manager,
        sales_manager_id=sales.manager,
        action=found.action,
        why="; ".join([_sentence(found, facts, rule, channel), *moved]),
        steps=[*steps(here.index.near(facts), found, facts), *moved],
        conflict=found.is_conflict,
        rule=found.winner.area.kind.value if found.winner else "default",
        candidates=[
            {"name": match.rule.name, "kind": match.area.kind.value, "area": area_words(match.area)}
            for match in found.matches
        ],
    )


def _two(
    session: Session, here: Map, rule: Rule | None, facts: Facts, loads: Loads
) -> tuple[Assigned, Assigned, list[str]]:
    """The channel manager, the sales manager, and what is said of those who have enough."""
    fallback = queries.defaults(session)
    present = queries.still_here(session)
    assert facts.on is not None
    pair, words = [], []
    for role, default in (
        (Role.CHANNEL_MANAGER, fallback.channel_manager),
        (Role.SALES_MANAGER, fallback.sales_manager),
    ):
        manager_of = MANAGER_OF[role]
        found = _assigned(here, rule, facts, present, manager_of, default)
        above = list(_managers_above(here, rule, manager_of))
        moved = relieve(
            session, here, found.manager, above, role=role, loads=loads, on=facts.on
        )  # fmt: skip
        if moved:
            found = replace(found, manager=moved.manager)
            words.append(moved.words)
        pair.append(found)
    return pair[0], pair[1], words


MANAGER_OF: dict[Role, Callable[[Rule], Key | None]] = {
    Role.CHANNEL_MANAGER: lambda rule: rule.channel_manager,
    Role.SALES_MANAGER: lambda rule: rule.sales_manager,
}


def _managers_above(
    here: Map, rule: Rule | None, manager_of: Callable[[Rule], Key | None]
) -> Iterator[Key]:
    """Of the territories above, the nearest first; safe in a loop of parents."""
    seen: set[Key] = set()
    while rule is not None and rule.id not in seen:
        seen.add(rule.id)
        rule = here.index.rules.get(rule.parent) if rule.parent is not None else None
        if rule is not None and manager_of(rule) is not None:
            yield manager_of(rule)


def _assigned(
    here: Map,
    rule: Rule | None,
    facts: Facts,
    present: frozenset[UUID],
    manager_of: Callable[[Rule], Key | None],
    default: UUID | None,
) -> Assigned:
    """Somebody who has left is passed over, as if the territory named nobody."""
    assert facts.on is not None
    found = assigned(
        rule,
        rules=here.index.rules,
        manager_of=lambda each: manager_of(each) if manager_of(each) in present else None,
        default=default,
        absences=here.absences,
        on=facts.on,
    )
    return found if found.manager in present else replace(found, manager=default)


def _sentence(found: Resolution, facts: Facts, rule: Rule | None, channel: Assigned) -> str:
    parts = [why(found, facts)]
    holder = channel.from_territory
    if rule and holder is None:
        parts.append("it names no manager, so the default managers look after it")
    elif rule and holder and holder.id != rule.id:
        parts.append(f"its manager is that of {holder.name}")
    if channel.stands_in_for is not None:
        parts.append("the manager is away, so a delegate has it")
    return "; ".join(parts)
