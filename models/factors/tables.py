"""What we keep of second factors: sealed or hashed, or public as a passkey's key is."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.scope import VendorOnly


class CodeApp(VendorOnly, Base):
    """An app that shows six digits: one a person."""

    __tablename__ = "code_app"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), unique=True)
    secret_sealed: Mapped[str] = mapped_column(Text)
    last_step: Mapped[int] = mapped_column(BigInteger)
    """Of the last code that was taken; that one and all before are taken no more."""
    added_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class Passkey(VendorOnly, Base):
    """A key on somebody's device or stick; we keep its public half."""

    __tablename__ = "passkey"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    """As its owner calls it."""
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)
    """In base64url, as browsers name it."""
    public_key: Mapped[str] = mapped_column(Text)
    """COSE, in base64url."""
    sign_count: Mapped[int] = mapped_column(BigInteger)
    """A copied key is noticed when this goes backwards; 0 where the device does not count."""
    added_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class RecoveryCode(VendorOnly, Base):
    """One of the codes for the day on which the phone is gone; works once."""

    __tablename__ = "recovery_code"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    mark: Mapped[str] = mapped_column(String(64), unique=True)
    """Made from the person and the code with the vendor's key; the code itself is kept nowhere."""
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
