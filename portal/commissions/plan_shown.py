"""How plans read: their components in words, their JSON.  Nothing is decided here."""

from __future__ import annotations

import json
from typing import Any

from flask import Response

from models.calendars import local_day
from models.commissions import Plan, PlanDraft, drafts, engine, plan_words
from models.commissions.examples import Example, examples
from models.errors import Refused
from models.money import Money
from portal.clock import now
from portal.database import session
from portal.formats import money
from portal.sheets import safe_name


def components_of(plan: Plan, rules: dict[str, Any]) -> list[tuple[str, str]]:
    """(name, what it pays) of each component."""
    return plan_words.components(engine.parse_rules(rules, plan.currency), plan.currency, money)


def changes_of(
    plan: Plan, before: dict[str, Any] | None, after: dict[str, Any]
) -> list[tuple[str, str, str]]:
    """(name, before, after) of each component that differs."""
    old = engine.parse_rules(before, plan.currency) if before else None
    return plan_words.changes(old, engine.parse_rules(after, plan.currency), plan.currency, money)


def examples_of(
    draft: PlanDraft, rules: dict[str, Any], tried: str | None = None
) -> dict[str, Any]:
    """Examples, or what the engine does not understand yet."""
    plan = session.get_one(Plan, draft.plan_id)
    found: list[Example] = []
    try:
        found = examples(
            drafts.as_plan(plan, rules),
            money,
            today=local_day(now(), plan.time_zone),
            tried=Money.of(tried, plan.currency).minor if tried else None,
        )
    except (Refused, ValueError, ArithmeticError) as refusal:
        return {"examples": [], "refusal": str(refusal) if isinstance(refusal, Refused) else ""}
    return {"examples": found, "refusal": ""}


def json_file(name: str, told: Any) -> Response:
    answer = Response(as_json(told) + "\n", mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="{safe_name(name)}.json"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def as_json(told: Any) -> str:
    return json.dumps(told, indent=2, ensure_ascii=False)
