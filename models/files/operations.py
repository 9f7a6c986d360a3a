"""Keeping a file, and taking it away."""

from __future__ import annotations

import hashlib
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models import audit
from models.base import lock
from models.errors import Refused
from models.files.queries import how_many, kept_by, same_again
from models.files.rules import (
    LARGEST_OF_ONE,
    MOST,
    MOST_OF_ONE,
    Upload,
    media_type_of,
    stored_name,
)
from models.files.tables import StoredFile
from models.people import Actor


def keep(
    session: Session,
    upload: Upload,
    *,
    about: tuple[str, UUID],
    partner_id: UUID | None,
    private: bool = False,
    by: Actor,
    now: datetime,
) -> StoredFile:
    """Attach a file to a thing, such as ("deal", its id).  The same bytes twice are kept once.

    partner_id: who sees it besides the vendor; None when only the vendor does.
    """
    media_type = media_type_of(upload)
    kind, about_id = about
    sha256 = hashlib.sha256(upload.content).hexdigest()
    if known := same_again(session, kind, about_id, partner_id, sha256):
        return known
    if how_many(session, kind, about_id, partner_id) >= MOST:
        raise Refused(f"There are {MOST} files already. Take one away before you add another.")
    _must_have_room(session, by, len(upload.content))
    file = StoredFile(
        partner_id=partner_id,
        is_private=private or partner_id is None,
        about_kind=kind,
        about_id=about_id,
        name=stored_name(upload.name, media_type),
        media_type=media_type,
        size=len(upload.content),
        sha256=sha256,
        kept_at=now,
        by_id=by.id,
        by_name=by.name,
        content=upload.content,
    )
    session.add(file)
    session.flush()
    return file


def _must_have_room(session: Session, by: Actor, size: int) -> None:
    if by.id is None:
        return
    count, kept = kept_by(session, by.id)
    if count >= MOST_OF_ONE or kept + size > LARGEST_OF_ONE:
        raise Refused(
            f"You have attached {count} files of {kept // 1_000_000} MB together, as many as one"
            " person may. Take some away that are no longer needed."
        )


def remove(session: Session, file: StoredFile, *, by: Actor, now: datetime) -> None:
    """Take a file away, with its content; that it was there stays on record."""
    lock(session, file)
    if file.removed_at is not None:
        return
    file.removed_at = now
    file.content = b""
    audit.record(session, by, "file removed", file, detail={"name": file.name}, now=now)
