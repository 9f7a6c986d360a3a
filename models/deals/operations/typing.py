"""What each type of registration asks for, as the administrator decides it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.deals.kind_tables import RegistrationType, type_rules
from models.deals.kinds import CHOOSABLE, MOST_REQUIRED, NEEDED, Ask, TypeRules
from models.deals.states import DealType
from models.errors import Refused
from models.people import Actor


def set_type(
    session: Session,
    kind: DealType,
    *,
    is_offered: bool,
    asks: Mapping[str, Ask],
    guidance: str,
    by: Actor,
    now: datetime,
) -> bool:
    """Say what a type asks for from now on; whether anything was different.

    Raises Refused when a partner would have to fill in too much, when a field is left
    out that a rule asks about, or when no type would be offered any more.
    """
    before = type_rules(session)
    wanted = TypeRules(kind, is_offered, dict(asks), guidance.strip())
    if wanted == before[kind]:
        return False
    _must_be_possible(wanted)
    if not is_offered and not any(r.is_offered for r in before.values() if r.kind is not kind):
        raise Refused("Offer at least one type; without any, nobody could register a deal.")
    row = session.scalars(select(RegistrationType).where(RegistrationType.kind == kind)).first()
    if row is None:
        row = RegistrationType(kind=kind)
        session.add(row)
    row.is_offered, row.guidance = wanted.is_offered, wanted.guidance
    row.asks = {name: ask.value for name, ask in wanted.asks.items()}
    session.flush()
    changed = _changed(before[kind], wanted)
    audit.record(session, by, "registration type changed", row, now=now, detail=changed)
    return True


def _must_be_possible(wanted: TypeRules) -> None:
    for name in NEEDED.get(wanted.kind, ()):
        if wanted.asks[name] is not Ask.REQUIRED:
            raise Refused(f"“{CHOOSABLE[name]}” is required: a rule of the programme asks for it.")
    if wanted.required_count > MOST_REQUIRED:
        raise Refused(
            f"{wanted.required_count} fields would be required; at most {MOST_REQUIRED} are "
            "allowed, so that registering stays quick. Let a field be left empty instead."
        )


def _changed(before: TypeRules, after: TypeRules) -> dict[str, object]:
    """Such as {"kind": "rfp", "project": ["optional", "required"]}."""
    changed: dict[str, object] = {"type": after.kind.value}
    for name in CHOOSABLE:
        if before.asks[name] is not after.asks[name]:
            changed[name] = [before.asks[name].value, after.asks[name].value]
    for name in ("is_offered", "guidance"):
        if getattr(before, name) != getattr(after, name):
            changed[name] = [getattr(before, name), getattr(after, name)]
    return changed
