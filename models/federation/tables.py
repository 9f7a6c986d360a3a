"""What we keep about identity providers and whom they vouch for."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.scope import VendorOnly


class IdentityProvider(VendorOnly, Base):
    """Where one company's people sign in: OpenID Connect."""

    __tablename__ = "identity_provider"

    partner_id: Mapped[UUID | None] = mapped_column(ForeignKey("partner.id"), unique=True)
    """Whose people; None for the vendor's staff."""
    name: Mapped[str] = mapped_column(String(100))
    issuer: Mapped[str] = mapped_column(String(300))
    """The address at which it describes itself; its tokens must name exactly this."""
    client_id: Mapped[str] = mapped_column(String(200))
    client_secret_sealed: Mapped[str] = mapped_column(Text)
    groups_claim: Mapped[str] = mapped_column(String(60), default="groups")
    groups: Mapped[dict[str, Any]]
    """Which role each group stands for."""
    is_active: Mapped[bool] = mapped_column(default=True)
    is_only_way: Mapped[bool] = mapped_column(default=False)
    """Whether passwords are refused, save for administrators when the provider is down."""
    created_at: Mapped[datetime]


class ProviderDomain(VendorOnly, Base):
    """A mail domain whose people this provider vouches for; checked by the vendor."""

    __tablename__ = "provider_domain"

    provider_id: Mapped[UUID] = mapped_column(ForeignKey("identity_provider.id"), index=True)
    domain: Mapped[str] = mapped_column(String(253), unique=True)
    verified_at: Mapped[datetime]
    verified_by_name: Mapped[str] = mapped_column(String(200))


class OutsideLogin(VendorOnly, Base):
    """Under which subject a provider knows a person of ours."""

    __tablename__ = "outside_login"
    __table_args__ = (UniqueConstraint("provider_id", "subject"),)

    provider_id: Mapped[UUID] = mapped_column(ForeignKey("identity_provider.id"))
    subject: Mapped[str] = mapped_column(String(255))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    linked_at: Mapped[datetime]
