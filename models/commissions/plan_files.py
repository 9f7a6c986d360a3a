"""A plan as a file and back: the format of the golden cases is the format of a plan.

A file without `payout_currency` pays in the plan's own currency, as a replay does; null
means each partner's own.  Exchange rates of a replay file belong to the catalogue and are
not read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.commissions import engine
from models.commissions.replay.case import SINCE_EVER, VersionCase, plan_case
from models.commissions.tables import Plan, PlanVersion
from models.errors import Refused

FRAME = ("currency", "payout_currency", "time_zone", "earning_event", "fx_policy")


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A plan as a file tells it."""

    name: str
    frame: Mapping[str, Any]
    """What `make_plan` wants to know beside the name."""
    versions: tuple[VersionCase, ...]


def read_plan(told: Any) -> PlanFile:
    """A plan, or a replay file with one under "plan".  Raises Refused naming what is wrong."""
    if isinstance(told, Mapping) and "plan" in told:
        told = told["plan"]
    if not isinstance(told, Mapping):
        raise Refused("The file must hold one plan, in curly brackets.")
    if not any(key in told for key in ("rules", "versions")):
        raise Refused("The plan has neither “rules” nor “versions”; add one of them.")
    case = _case(told)
    for at, version in enumerate(case.versions):
        path = f"versions[{at}].rules" if "versions" in told else "rules"
        engine.parse_rules(version.rules, case.currency, path)
    own = told.get("payout_currency", case.currency)
    frame = {
        "currency": case.currency,
        "payout_currency": own,
        "time_zone": case.time_zone,
        "earning_event": case.trigger,
        "fx_policy": case.fx_policy,
    }
    return PlanFile(case.name, frame, case.versions)


def rules_in(told: Any) -> Any:
    """The rules alone; of a whole plan those of its last version."""
    if isinstance(told, Mapping) and "plan" in told:
        told = told["plan"]
    if isinstance(told, Mapping) and "versions" in told:
        return read_plan(told).versions[-1].rules
    return told["rules"] if isinstance(told, Mapping) and "rules" in told else told


def written_plan(session: Session, plan: Plan) -> dict[str, Any]:
    """The plan with the versions that are or will be in force, or have been."""
    versions = session.scalars(
        select(PlanVersion).where(PlanVersion.plan_id == plan.id).order_by(PlanVersion.from_on)
    )
    return written(plan, [VersionCase(row.from_on, row.to_on, row.rules) for row in versions])


def written(plan: Plan, versions: Sequence[VersionCase]) -> dict[str, Any]:
    return {
        "name": plan.name,
        "currency": plan.currency,
        "payout_currency": plan.payout_currency,
        "timezone": plan.time_zone,
        "earning_event": plan.earning_event.value,
        "fx": {"policy": plan.fx_policy.value},
        "versions": [
            {"from": _said(one.from_on), "to": one.to_on and one.to_on.isoformat(),
             "rules": one.rules}
            for one in versions
        ],
    }  # fmt: skip


def frame_of(plan: Plan) -> dict[str, Any]:
    return {name: getattr(plan, name) for name in FRAME}


def _case(told: Mapping[str, Any]) -> Any:
    try:
        return plan_case({"plan": told})
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise Refused(f"The file is not in the format of a plan: {error!r}.") from None


def _said(day: date) -> str | None:
    return None if day == SINCE_EVER else day.isoformat()
