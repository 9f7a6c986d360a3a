"""Files beside a registration: the partner attaches them, both sides download them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import abort, flash, redirect, url_for
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug import Response

from models import deals, files
from models.deals import Deal, DealStatus
from models.errors import Refused
from models.files import FileRow, StoredFile
from models.people import Actor
from portal.clock import now
from portal.database import session
from portal.deals.blueprint import deal_or_404, pages
from portal.fields import FilesField, uploads
from portal.permissions import Can, allow


class AttachForm(FlaskForm):
    files = FilesField("Files")


def attached_to(deal: Deal) -> Sequence[FileRow]:
    return files.attached(session, "deal", deal.id)


def file_or_404(_person: Actor, deal_id: UUID, file_id: UUID) -> StoredFile:
    asked = select(StoredFile).where(
        StoredFile.id == file_id,
        StoredFile.about_kind == "deal",
        StoredFile.about_id == deal_id,
        StoredFile.removed_at.is_(None),
    )
    return session.scalar(asked) or abort(404)


@pages.post("/<uuid:deal_id>/files")
@allow(Can.REGISTER_DEAL, find=deal_or_404)
def attach(person: Actor, deal: Deal) -> Response:
    form = AttachForm()
    if not form.validate():
        raise Refused(str(next(iter(form.errors.values()))[0]))
    if not uploads(form.files):
        raise Refused("Choose a file first, then attach it.")
    for upload in uploads(form.files):
        deals.attach(session, deal, upload, by=person, now=now())
    flash("Attached.")
    return _back_to(deal)


@pages.post("/<uuid:deal_id>/files/<uuid:file_id>/removal")
@allow(Can.REGISTER_DEAL, find=file_or_404)
def detach(person: Actor, file: StoredFile) -> Response:
    deal = session.get_one(Deal, file.about_id)
    deals.detach(session, deal, file, by=person, now=now())
    flash("Taken away.")
    return _back_to(deal)


def _back_to(deal: Deal) -> Response:
    writable = (DealStatus.DRAFT, DealStatus.REJECTED)
    page = "deals.edit" if deal.status in writable else "deals.show"
    return redirect(url_for(page, deal_id=deal.id), 303)
