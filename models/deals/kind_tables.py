"""What we keep about the types of registrations, and what we can ask about them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.deals.kinds import CHOOSABLE, USUAL, Ask, TypeRules
from models.deals.states import DealType
from models.scope import Public


class RegistrationType(Public, Base):
    """A type of registration of which the programme asks other things than is usual."""

    __tablename__ = "registration_type"

    kind: Mapped[DealType] = mapped_column(unique=True)
    is_offered: Mapped[bool] = mapped_column(default=True)
    asks: Mapped[dict[str, Any]] = mapped_column(JSON)
    """By field: hidden, optional or required."""
    guidance: Mapped[str] = mapped_column(Text, default="")
    """What the partner reads above the form."""


def type_rules(session: Session) -> dict[DealType, TypeRules]:
    """Every type, as the programme wants it now."""
    rows = session.execute(
        select(
            RegistrationType.kind,
            RegistrationType.is_offered,
            RegistrationType.asks,
            RegistrationType.guidance,
        )
    )
    said = {row.kind: _rules(*row) for row in rows}
    return {kind: said.get(kind, usual) for kind, usual in USUAL.items()}


def _rules(kind: DealType, is_offered: bool, asks: dict[str, str], guidance: str) -> TypeRules:
    usual = USUAL[kind].asks
    whole = {name: Ask(asks.get(name, usual[name])) for name in CHOOSABLE}
    return TypeRules(kind, is_offered, whole, guidance)
