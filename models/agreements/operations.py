"""What can happen to agreements.  Each function is one business verb in one transaction."""

from __future__ import annotations

import hashlib
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import audit
from models.agreements.rules import TITLES, TextKind, is_same_name, may_sign
from models.agreements.tables import AgreementText, Signature
from models.base import lock
from models.errors import Refused
from models.partners import Partner
from models.people import Actor, Role
from models.scope import vendor_side

SHORTEST_BODY = 40


def publish(
    session: Session, *, by: Actor, kind: TextKind, title: str, body: str, blocks: bool,
    now: datetime,
) -> AgreementText:  # fmt: skip
    """The next version of this text; those who signed an older one sign again."""
    if by.role is not Role.ADMINISTRATOR:
        raise Refused("Only an administrator publishes what partners sign.")
    if len(body.strip()) < SHORTEST_BODY:
        raise Refused("Write the whole text: what is signed is what stands here.")
    last = session.scalar(select(func.max(AgreementText.version)).where(AgreementText.kind == kind))
    text = AgreementText(
        kind=kind,
        version=(last or 0) + 1,
        title=title.strip() or TITLES[kind],
        body=body.strip(),
        blocks=blocks,
        published_at=now,
        published_by_name=by.name,
    )
    session.add(text)
    session.flush()
    said = {"kind": kind, "version": text.version, "blocks": blocks}
    audit.record(session, by, "agreement published", text, now=now, detail=said)
    return text


def sign(
    session: Session,
    text: AgreementText,
    *,
    by: Actor,
    typed: str,
    address: str,
    browser: str,
    pdf: bytes,
    today: date,
    now: datetime,
) -> Signature:
    """Sign a text, with one's name typed, which is kept with time, address and the PDF."""
    must_be_able_to_sign(session, text, by=by, typed=typed)
    row = Signature(
        partner_id=by.partner_id,
        text_id=text.id,
        person_id=by.id,
        typed_name=" ".join(typed.split()),
        signed_at=now,
        address=address[:60],
        browser=browser[:300],
        pdf=pdf,
        sha256=hashlib.sha256(pdf).hexdigest(),
    )
    session.add(row)
    session.flush()
    said = {"kind": text.kind, "version": text.version, "sha256": row.sha256}
    audit.record(session, by, "agreement signed", row, now=now, detail=said)
    if text.kind is TextKind.AGREEMENT:
        with vendor_side(session) as own:
            partner = own.get_one(Partner, by.partner_id)
            lock(own, partner)
            partner.agreement_signed_on = today
    return row


def must_be_able_to_sign(session: Session, text: AgreementText, *, by: Actor, typed: str) -> None:
    """Raises Refused, saying why somebody cannot sign this."""
    if by.partner_id is None or by.visitor:
        raise Refused("Only the partner's own people sign.")
    if not may_sign(text.kind, by.role):
        raise Refused("The agreement is signed by an administrator of your company.")
    newest = session.scalar(
        select(func.max(AgreementText.version)).where(AgreementText.kind == text.kind)
    )
    if newest != text.version:
        raise Refused("There is a newer version of this text. Read and sign that one.")
    signed = select(Signature.id).where(Signature.text_id == text.id)
    if text.kind is TextKind.CODE_OF_CONDUCT:
        signed = signed.where(Signature.person_id == by.id)
    if session.scalars(signed).first() is not None:
        raise Refused("This is signed already.")
    if not is_same_name(typed, by.name):
        raise Refused(f"Type your name as it stands in your account: {by.name}.")
