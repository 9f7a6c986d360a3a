"""The blueprint of all pages about leads, and what both sides show."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint
from sqlalchemy import select
from werkzeug import Response

from models.catalog import ProductFamily
from models.leads import OfferState
from portal.database import session

pages = Blueprint("leads", __name__, url_prefix="/leads")
Answer = Response | tuple[str, int] | str
OFFER_TONES = {
    OfferState.OFFERED: "warn", OfferState.ACCEPTED: "info", OfferState.DECLINED: "plain",
    OfferState.LAPSED: "plain", OfferState.REGISTERED: "good", OfferState.TAKEN_BACK: "plain",
}  # fmt: skip


def family_of(family_id: UUID | None) -> str | None:
    return session.scalar(select(ProductFamily.name).where(ProductFamily.id == family_id))
