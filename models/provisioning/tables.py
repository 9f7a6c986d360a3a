"""What we keep about companies' directories."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.scope import VendorOnly


class ScimToken(VendorOnly, Base):
    """With which one company's directory speaks to us; the token itself is kept nowhere."""

    __tablename__ = "scim_token"

    provider_id: Mapped[UUID] = mapped_column(ForeignKey("identity_provider.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    may_write: Mapped[bool]
    """False: it only reads."""
    made_by_name: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime]
    last_used_on: Mapped[datetime | None]
    """To the hour; None: never yet."""
    ended_at: Mapped[datetime | None]


class ProvisionedPerson(VendorOnly, Base):
    """What a directory says about a person of ours."""

    __tablename__ = "provisioned_person"

    provider_id: Mapped[UUID] = mapped_column(ForeignKey("identity_provider.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), unique=True)
    external_id: Mapped[str] = mapped_column(String(200), default="")
    attributes: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime]


class ProvisionedGroup(VendorOnly, Base):
    """A group of a directory; the provider says which role it stands for."""

    __tablename__ = "provisioned_group"
    __table_args__ = (UniqueConstraint("provider_id", "name"),)

    provider_id: Mapped[UUID] = mapped_column(ForeignKey("identity_provider.id"))
    name: Mapped[str] = mapped_column(String(200))
    external_id: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class GroupMembership(VendorOnly, Base):
    __tablename__ = "group_membership"
    __table_args__ = (UniqueConstraint("group_id", "person_id"),)

    group_id: Mapped[UUID] = mapped_column(ForeignKey("provisioned_group.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
