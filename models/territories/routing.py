"""Routing: everything gets a channel manager and a sales manager, and a sentence that says why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models import vendor
from models.territories import queries
from models.territories.queries import Map
from models.territories.resolving import Action, Assigned, Key, Resolution, assigned
from models.territories.rules import ExclusivePolicy, Facts, Rule
from models.territories.tables import RoutingLog
from models.territories.words import steps, why


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


def route(
    session: Session, facts: Facts, *, on: date, about: tuple[str, UUID], now: datetime
) -> Routing:
    """Decide who looks after it on that day, and keep why.  On the vendor's side.

    about: kind and id of what is routed, such as ("deal", deal.id).
    """
    facts = replace(facts, on=on)
    found = preview(session, facts)
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
            why=found.why,
            facts={name: str(value) for name, value in vars(facts).items() if value is not None},
            steps=found.steps,
            revision=queries.map_of(session).revision,
        )
    )
    session.flush()
    return found


def preview(session: Session, facts: Facts) -> Routing:
    """Who would look after it, without keeping anything.  `facts.on` must be said."""
    session.flush()
    here = queries.map_of(session)
    found = here.index.resolve(facts, ExclusivePolicy(vendor.settings(session).exclusive_policy))
    rule = found.winner.rule if found.winner else None
    fallback = queries.defaults(session)
    present = queries.still_here(session)
    channel = _assigned(
        here, rule, facts, present, lambda each: each.channel_manager, fallback.channel_manager
    )
    sales = _assigned(
        here, rule, facts, present, lambda each: each.sales_manager, fallback.sales_manager
    )
    return Routing(
        territory_id=rule.id if rule else None,
        territory_name=rule.name if rule else None,
        owner_id=rule.owner if rule else None,
        channel_manager_id=channel.manager,
        sales_manager_id=sales.manager,
        action=found.action,
        why=_sentence(found, facts, rule, channel),
        steps=steps(here.index.near(facts), found, facts),
        conflict=found.is_conflict,
    )


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
