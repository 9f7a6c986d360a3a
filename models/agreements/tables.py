"""What we keep of agreements: both the text and the signature never change."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.agreements.rules import TextKind
from models.base import Base
from models.guards import never_changes
from models.scope import Private, Public


class AgreementText(Public, Base):
    """One version of a text; the highest of its kind is in force."""

    __tablename__ = "agreement_text"
    __table_args__ = (UniqueConstraint("kind", "version"),)

    kind: Mapped[TextKind]
    version: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    blocks: Mapped[bool]
    """Whether partners use the portal only after they have signed it."""
    published_at: Mapped[datetime]
    published_by_name: Mapped[str] = mapped_column(String(200))


class Signature(Private, Base):
    __tablename__ = "agreement_signature"
    __table_args__ = (UniqueConstraint("text_id", "person_id"),)

    text_id: Mapped[UUID] = mapped_column(ForeignKey("agreement_text.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    typed_name: Mapped[str] = mapped_column(String(200))
    """As they typed it, which is their signature."""
    signed_at: Mapped[datetime]
    address: Mapped[str] = mapped_column(String(60))
    browser: Mapped[str] = mapped_column(String(300))
    pdf: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    """The text with the signature, as it was then."""
    sha256: Mapped[str] = mapped_column(String(64))


never_changes(AgreementText.__table__)
never_changes(Signature.__table__)
