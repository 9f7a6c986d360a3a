"""What we keep about people, their sessions and their single-use links."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, func, or_, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.people.rules import PARTNER_ROLES, Actor, PersonStatus, Role, Stage
from models.scope import Scope, SeenBy, VendorOnly


def only_where(name: str, column: str, condition: str) -> Index:
    """A unique index over the rows of which the condition is true."""
    # nosemgrep: raw-sql (conditions stand in this file)
    where = text(condition)
    return Index(name, column, unique=True, sqlite_where=where, postgresql_where=where)


class Person(SeenBy, Base):
    """Somebody who signs in: the vendor's staff, or a user of one partner.

    Who works for two partners is a person of each, with one address, one password and one
    second factor; a session is one person's, and so one company's.
    """

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint(
            "(partner_id IS NOT NULL) = (role IN ({}))".format(
                ", ".join(f"'{role.value}'" for role in sorted(PARTNER_ROLES))
            ),
            name="partner_roles_have_a_partner",
        ),
        CheckConstraint("account_id IS NULL OR password_hash IS NULL", name="one_password"),
        Index("uq_person_email_partner_id", "email", "partner_id", unique=True),
        only_where("uq_person_staff_email", "email", "partner_id IS NULL"),
        only_where("uq_person_password", "email", "password_hash IS NOT NULL"),
    )

    email: Mapped[str] = mapped_column(String(254))
    """Lower case."""
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role]
    status: Mapped[PersonStatus] = mapped_column(default=PersonStatus.ACTIVE)
    partner_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("partner.id", use_alter=True), index=True
    )
    """None for the vendor's staff."""
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    """Whose password and second factors are this person's too; None: they are their own."""
    password_hash: Mapped[str | None]
    """None until the invitation is accepted, and where another row keeps it."""
    is_password_short: Mapped[bool] = mapped_column(default=False)
    """Long enough only beside a second factor."""
    locale: Mapped[str] = mapped_column(String(20), default="en_US")
    time_zone: Mapped[str] = mapped_column(String(60), default="UTC")
    created_at: Mapped[datetime]
    last_signed_in_at: Mapped[datetime | None]

    @classmethod
    def seen_in(cls, scope: Scope) -> Any:
        """One's own company, and the vendor's staff, who are named on every deal."""
        return or_(cls.partner_id == scope.owner, cls.partner_id.is_(None))

    @hybrid_property
    def keys_id(self) -> UUID:
        """Who keeps the password and the second factors."""
        return self.account_id or self.id

    @keys_id.inplace.expression
    @classmethod
    def _keys_id(cls) -> Any:
        return func.coalesce(cls.account_id, cls.id)

    def actor(self) -> Actor:
        return Actor(
            id=self.id,
            name=self.name,
            email=self.email,
            role=self.role,
            partner_id=self.partner_id,
            locale=self.locale,
            time_zone=self.time_zone,
        )


class UserSession(VendorOnly, Base):
    """One signed-in browser.  Deleting the row signs it out."""

    __tablename__ = "user_session"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the random token in the cookie; the token itself is kept nowhere."""
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    address: Mapped[str] = mapped_column(String(60))
    browser: Mapped[str] = mapped_column(String(300))
    stage: Mapped[Stage] = mapped_column(default=Stage.IN)
    proven_at: Mapped[datetime | None]
    """When the person last proved to be there, by the strongest they have; None: never yet."""
    challenge: Mapped[str | None] = mapped_column(String(100))
    """What a passkey has to sign now; None when none was asked for, or it was answered."""
    visit_id: Mapped[UUID | None] = mapped_column(ForeignKey("visit.id", use_alter=True))
    """Through somebody else's eyes; None through one's own."""
    provider_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("identity_provider.id", use_alter=True)
    )
    """Through whose sign-in; None: with a password."""


class TokenPurpose(StrEnum):
    PASSWORD_RESET = "password_reset"
    INVITATION = "invitation"


class AccessToken(VendorOnly, Base):
    """A link that was mailed: works once, until it expires."""

    __tablename__ = "access_token"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    purpose: Mapped[TokenPurpose]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Door(StrEnum):
    """What anybody on the internet may knock at."""

    SIGN_IN = "sign_in"
    PASSWORD_RESET = "password_reset"
    APPLICATION = "application"
    INVITATION = "invitation"
    SECOND_FACTOR = "second_factor"
    COMPLAINT = "complaint"


class SignInAttempt(VendorOnly, Base):
    """A knock at a public door, with its outcome, kept to slow down guessing."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        Index("ix_sign_in_attempt_account_at", "account", "at"),
        Index("ix_sign_in_attempt_address_at", "address", "at"),
        Index("ix_sign_in_attempt_at", "at"),
    )

    door: Mapped[Door] = mapped_column(default=Door.SIGN_IN)
    account: Mapped[str] = mapped_column(String(254))
    address: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime]
    succeeded: Mapped[bool]
