"""What we can ask about agreements.  Reads only."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from models.agreements.rules import TextKind
from models.agreements.tables import AgreementText, Signature
from models.people import Actor, Person


def texts(session: Session) -> list[Row]:
    """Every version of every text, the newest of its kind first."""
    text = AgreementText
    return list(
        session.execute(
            select(
                text.id, text.kind, text.version, text.title, text.blocks, text.published_at,
                text.published_by_name,
            ).order_by(text.kind, text.version.desc())
        )
    )  # fmt: skip


def open_for(session: Session, person: Actor) -> list[Row]:
    """The texts in force that this partner's user, or the company, has not signed."""
    text = AgreementText
    return list(
        session.execute(
            select(text.id, text.kind, text.version, text.title, text.blocks)
            .where(_is_newest(text), ~_is_signed(text, person.id, person.partner_id))
            .order_by(text.blocks.desc(), text.kind)
        )
    )


def must_sign() -> ColumnElement[bool]:
    """A criterion for a query over Person: whether the portal is shut to them until they sign."""
    text = aliased(AgreementText)
    unsigned = exists().where(
        text.blocks, _is_newest(text), ~_is_signed(text, Person.id, Person.partner_id)
    )
    return and_(Person.partner_id.is_not(None), unsigned.correlate(Person))


def signed() -> Select:
    """Every signature that the session may see, one row each, without an order."""
    return (
        select(
            Signature.id, Signature.partner_id, Signature.typed_name, Signature.signed_at,
            Signature.address, Signature.sha256, AgreementText.title, AgreementText.kind,
            AgreementText.version,
        )
        .select_from(Signature)
        .join(AgreementText, AgreementText.id == Signature.text_id)
    )  # fmt: skip


def _is_newest(text: Any) -> ColumnElement[bool]:
    newer = aliased(AgreementText)
    return ~exists().where(newer.kind == text.kind, newer.version > text.version).correlate(text)


def _is_signed(text: Any, person_id: Any, partner_id: Any) -> ColumnElement[bool]:
    """The agreement by anybody of the company, the code by the person."""
    whose = or_(
        and_(text.kind == TextKind.AGREEMENT, Signature.partner_id == partner_id),
        and_(text.kind == TextKind.CODE_OF_CONDUCT, Signature.person_id == person_id),
    )
    # Correlated by name: Person stands two selects further out, where SQLAlchemy does not look.
    return exists().where(Signature.text_id == text.id, whose).correlate(text, Person)
