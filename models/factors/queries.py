"""What we can ask about second factors.  Reads only, on the vendor's side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, exists, func, select
from sqlalchemy.orm import Session

from models import vendor
from models.factors.rules import is_required
from models.factors.tables import CodeApp, Passkey, RecoveryCode
from models.people import Person, Stage
from models.sealing import Seal


@dataclass(frozen=True, slots=True)
class Held:
    """Which second factors somebody has."""

    has_app: bool
    passkeys: int
    codes_left: int

    def __bool__(self) -> bool:
        return self.has_app or self.passkeys > 0

    @property
    def count(self) -> int:
        return self.has_app + self.passkeys


def keys_of(person_id: UUID) -> Any:
    """Where this person's factors are kept: who works for several companies has one set."""
    return select(Person.keys_id).where(Person.id == person_id).scalar_subquery()


def held_by(session: Session, person_id: UUID) -> Held:
    keys = keys_of(person_id)
    row = session.execute(
        select(
            exists().where(CodeApp.person_id == keys),
            select(func.count(Passkey.id)).where(Passkey.person_id == keys).scalar_subquery(),
            select(func.count(RecoveryCode.id))
            .where(RecoveryCode.person_id == keys, RecoveryCode.used_at.is_(None))
            .scalar_subquery(),
        )
    ).one()
    return Held(bool(row[0]), row[1], row[2])


def stage_of(session: Session, person: Person) -> Stage:
    """How far a right password alone brings this person."""
    if held_by(session, person.id):
        return Stage.FACTOR
    needs_one = is_required(person.role, vendor.settings(session).factor_roles)
    is_short = session.get_one(Person, person.keys_id).is_password_short
    return Stage.ENROL if needs_one or is_short else Stage.IN


def has_any(keys_id: Any) -> Any:
    """A criterion: whether whose keys this column names has a second factor."""
    app = exists().where(CodeApp.person_id == keys_id)
    return app | exists().where(Passkey.person_id == keys_id)


def passkeys_of(session: Session, person_id: UUID) -> list[Row]:
    """(id, name, credential_id, added_at, last_used_at), the oldest first."""
    return list(
        session.execute(
            select(
                Passkey.id, Passkey.name, Passkey.credential_id, Passkey.added_at,
                Passkey.last_used_at,
            )
            .where(Passkey.person_id == keys_of(person_id))
            .order_by(Passkey.added_at, Passkey.id)
        )
    )  # fmt: skip


def secret_of(session: Session, person_id: UUID, seal: Seal) -> tuple[str, int] | None:
    """The secret of the person's app and the last step that was used; None without an app."""
    row = session.execute(
        select(CodeApp.secret_sealed, CodeApp.last_step).where(
            CodeApp.person_id == keys_of(person_id)
        )
    ).one_or_none()
    return (seal.open(row.secret_sealed), row.last_step) if row else None
