"""What pages ask about files."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.files.tables import StoredFile


class FileRow(NamedTuple):
    """A file in a list; its content stays where it is."""

    id: UUID
    name: str
    media_type: str
    size: int
    kept_at: datetime
    by_name: str
    partner_id: UUID | None


def attached(session: Session, kind: str, about_id: UUID) -> list[FileRow]:
    """What is attached to a thing and may be seen in this session, oldest first."""
    columns = [getattr(StoredFile, name) for name in FileRow._fields]
    asked = (
        select(*columns)
        .where(StoredFile.about_kind == kind, StoredFile.about_id == about_id)
        .where(StoredFile.removed_at.is_(None))
        .order_by(StoredFile.kept_at, StoredFile.id)
    )
    return [FileRow(*row) for row in session.execute(asked)]


def how_many(session: Session, kind: str, about_id: UUID, partner_id: UUID | None) -> int:
    asked = select(func.count(StoredFile.id)).where(
        StoredFile.about_kind == kind,
        StoredFile.about_id == about_id,
        StoredFile.partner_id == partner_id,
        StoredFile.removed_at.is_(None),
    )
    return session.scalar(asked) or 0


def kept_by(session: Session, person_id: UUID) -> tuple[int, int]:
    """(files, bytes) that this person has attached and nobody took away."""
    asked = select(func.count(StoredFile.id), func.coalesce(func.sum(StoredFile.size), 0)).where(
        StoredFile.by_id == person_id, StoredFile.removed_at.is_(None)
    )
    count, size = session.execute(asked).one()
    return count, size


def same_again(
    session: Session, kind: str, about_id: UUID, partner_id: UUID | None, sha256: str
) -> StoredFile | None:
    """The same bytes, attached to the same thing before."""
    asked = select(StoredFile).where(
        StoredFile.about_kind == kind,
        StoredFile.about_id == about_id,
        StoredFile.partner_id == partner_id,
        StoredFile.sha256 == sha256,
        StoredFile.removed_at.is_(None),
    )
    return session.scalars(asked).first()
