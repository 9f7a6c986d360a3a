"""An attached file leaves as a download, never as a page."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, abort
from sqlalchemy import select
from sqlalchemy.orm import undefer

from models.files import StoredFile
from models.people import Actor
from portal.database import session
from portal.permissions import Can, allow

pages = Blueprint("files", __name__)


def file_or_404(_person: Actor, file_id: UUID) -> StoredFile:
    asked = select(StoredFile).where(StoredFile.id == file_id, StoredFile.removed_at.is_(None))
    return session.scalar(asked.options(undefer(StoredFile.content))) or abort(404)


@pages.get("/files/<uuid:file_id>")
@allow(Can.SEE_FILES, find=file_or_404)
def download(_person: Actor, file: StoredFile) -> Response:
    response = Response(file.content, mimetype=file.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=file.name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
