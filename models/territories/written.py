"""Territories and deals as they are written in a JSON file, to try a model before using it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from models.errors import Refused
from models.territories.index import TerritoryIndex
from models.territories.resolving import Absence, Absences, assigned
from models.territories.rules import (
    Area,
    ExclusivePolicy,
    Facts,
    Qualifiers,
    Rule,
    TerritoryStatus,
)
from models.territories.words import steps, why


def resolve_case(case: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """What the case comes to, as JSON; and the reason, step by step.

    Raises Refused when the case cannot be read.
    """
    try:
        facts = read_facts(case["deal"])
        index = TerritoryIndex(read_rule(written) for written in case["territories"])
        policy = ExclusivePolicy(case.get("exclusive_policy", "review"))
        absences = read_absences(case.get("delegates") or case.get("out_of_office") or {})
    except KeyError as error:
        raise Refused(f"This case cannot be read: it lacks {error}.") from error
    except (TypeError, AttributeError, ValueError) as error:
        raise Refused(f"This case cannot be read: {error}") from error
    assert facts.on is not None
    found = index.resolve(facts, policy)
    rule = found.winner.rule if found.winner else None
    person = assigned(
        rule,
        rules=index.rules,
        manager_of=lambda each: each.channel_manager,
        default=case.get("default_manager"),
        absences=absences,
        on=facts.on,
    )
    answer = {
        "territory": rule.id if rule else None,
        "owner": rule.owner if rule else None,
        "manager": person.manager,
        "action": found.action.value,
        "conflict": found.is_conflict,
    }
    return answer, [why(found, facts), *steps(index.near(facts), found, facts)]


def read_facts(deal: Mapping[str, Any]) -> Facts:
    return Facts(
        on=date.fromisoformat(deal["on"]),
        country=deal.get("country"),
        subdivision=deal.get("subdivision"),
        postal=deal.get("postal"),
        domain=deal.get("domain"),
        account=deal.get("account_id"),
        naics=deal.get("naics"),
        product=deal.get("product_line"),
        employees=deal.get("employees"),
        partner=deal.get("partner"),
        partner_role=deal.get("partner_role"),
        came_unasked=bool(deal.get("came_unasked")),
    )


def read_rule(written: Mapping[str, Any]) -> Rule:
    return Rule(
        id=written["id"],
        name=written.get("name", written["id"]),
        areas=_areas(written["geo"]),
        excluded=_areas(written.get("exclude", ())),
        qualifiers=_qualifiers(written.get("qualifiers") or {}),
        owner=written.get("owner"),
        is_exclusive=written.get("exclusive", False),
        channel_manager=written.get("manager"),
        parent=written.get("parent"),
        status=TerritoryStatus(written.get("status", "active")),
        from_on=_day(written.get("from")),
        to_on=_day(written.get("to")),
        priority=written.get("priority", 0),
    )


def read_absences(written: Mapping[str, Any]) -> Absences:
    """{"Ben": "Rosa"} or {"Ben": {"delegate": "Rosa", "from": "…", "through": "…"}}."""
    return {
        manager: [
            Absence(away)
            if isinstance(away, str)
            else Absence(away["delegate"], _day(away.get("from")), _day(away.get("through")))
        ]
        for manager, away in written.items()
    }


def _areas(written: Any) -> tuple[Area, ...]:
    return tuple(Area.read(row["kind"], row.get("value"), row.get("country")) for row in written)


def _qualifiers(written: Mapping[str, Any]) -> Qualifiers:
    unknown = written.keys() - {"products", "naics", "employees", "partner_roles", "partner_role"}
    if unknown:
        raise ValueError(f"unknown qualifier {', '.join(sorted(unknown))}")
    low, high = written.get("employees") or (None, None)
    roles = written.get("partner_roles") or written.get("partner_role") or ()
    return Qualifiers(
        products=frozenset(code.casefold() for code in written.get("products", ())),
        naics=tuple(written.get("naics", ())),
        employees=(low, high) if "employees" in written else None,
        partner_roles=frozenset([roles] if isinstance(roles, str) else roles),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
