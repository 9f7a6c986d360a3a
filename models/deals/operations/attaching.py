"""Files beside a registration: an offer, a tender, a letter of the customer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from models import audit, files
from models.base import lock
from models.deals.registration import Question
from models.deals.states import DealStatus
from models.deals.tables import Deal
from models.errors import Refused
from models.files import StoredFile, Upload
from models.people import Actor

WRITABLE = (DealStatus.DRAFT, DealStatus.REJECTED)


def takes_files(deal: Deal) -> bool:
    """While it is written, and when the vendor asks for files."""
    asked = deal.status is DealStatus.INFO_REQUESTED and Question.FILES in deal.asked_fields
    return deal.status in WRITABLE or asked


def attach(session: Session, deal: Deal, upload: Upload, *, by: Actor, now: datetime) -> StoredFile:
    """Keep a file with the deal; whoever sees the deal sees it.  The same twice is kept once."""
    lock(session, deal)
    if not takes_files(deal):
        raise Refused("Files are added while the deal is a draft, or when we ask for them.")
    file = files.keep(
        session, upload, about=("deal", deal.id), partner_id=deal.partner_id, by=by, now=now
    )
    deal.changed_at = deal.updated_at = now
    audit.record(session, by, "deal: file attached", deal, now=now, detail={"name": file.name})
    return file


def detach(session: Session, deal: Deal, file: StoredFile, *, by: Actor, now: datetime) -> None:
    """Take a file away again, as long as nobody has decided with it before their eyes."""
    lock(session, deal)
    if deal.status is not DealStatus.DRAFT:
        raise Refused("What was handed in stays: only files of a draft can be taken away.")
    files.remove(session, file, by=by, now=now)
    deal.changed_at = deal.updated_at = now
