"""What we keep about claims: the claim, its terms, its story, its quarters, what was asked."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.claims.rules import Change, ClaimStatus, RefuseReason
from models.claims.terms import Terms, unwritten, written
from models.guards import never_changes
from models.scope import Private


def of_the_same_partner() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["partner_id", "claim_id"], ["territory_claim.partner_id", "territory_claim.id"]
    )


class TermsColumns:
    """Terms as columns; read and written whole."""

    places: Mapped[list[Any]]
    """[kind, value, country] each."""
    cut_out: Mapped[list[Any]]
    products: Mapped[list[Any]]
    naics: Mapped[list[Any]]
    employees_from: Mapped[int | None]
    employees_to: Mapped[int | None]
    """Both inclusive; None is open."""
    is_exclusive: Mapped[bool] = mapped_column(default=False)
    from_on: Mapped[date | None]
    """None only in a draft, and so the end."""
    to_on: Mapped[date | None]
    """First day on which it no longer holds."""
    minimum_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    """Of each quarter, in the claim's currency; 0: none is committed."""

    @property
    def terms(self) -> Terms:
        return Terms(
            places=unwritten(self.places),
            cut_out=unwritten(self.cut_out),
            products=tuple(self.products),
            naics=tuple(self.naics),
            employees_from=self.employees_from,
            employees_to=self.employees_to,
            is_exclusive=self.is_exclusive,
            from_on=self.from_on,
            to_on=self.to_on,
            minimum_minor=self.minimum_minor,
        )

    def take(self, terms: Terms) -> None:
        self.places, self.cut_out = written(terms.places), written(terms.cut_out)
        self.products = sorted({code.casefold() for code in terms.products})
        self.naics = list(dict.fromkeys(terms.naics))
        self.employees_from, self.employees_to = terms.employees_from, terms.employees_to
        self.is_exclusive, self.minimum_minor = terms.is_exclusive, terms.minimum_minor
        self.from_on, self.to_on = terms.from_on, terms.to_on


class TerritoryClaim(TermsColumns, Private, Base):
    """A territory that a partner asks for.  Its terms are those that count now, asked or given."""

    __tablename__ = "territory_claim"
    __table_args__ = (
        UniqueConstraint("partner_id", "id"),
        CheckConstraint("minimum_minor >= 0", name="minimum_is_not_negative"),
        CheckConstraint(
            "confirmed_by_id IS NULL OR backed_by_id IS NULL OR confirmed_by_id <> backed_by_id",
            name="two_people_approve",
        ),
        CheckConstraint(
            "status NOT IN ('active', 'warned', 'notice') OR territory_id IS NOT NULL",
            name="what_holds_is_a_territory",
        ),
        Index("ix_territory_claim_status_to", "status", "to_on"),
        Index("ix_territory_claim_updated", "updated_at", "id"),
    )

    number: Mapped[str] = mapped_column(String(20), unique=True)
    """For people, such as T-4K7QXMP."""
    name: Mapped[str] = mapped_column(String(120))
    status: Mapped[ClaimStatus] = mapped_column(default=ClaimStatus.DRAFT)
    currency: Mapped[str] = mapped_column(String(3))
    plan: Mapped[str] = mapped_column(Text, default="")
    drawn_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    manager_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    """The channel manager who is to decide; None in a draft."""
    backed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """The first of two who approve an exclusive one."""
    confirmed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    decided_by_name: Mapped[str] = mapped_column(String(200), default="")
    reason_code: Mapped[RefuseReason | None]
    reason_text: Mapped[str] = mapped_column(Text, default="")
    """Why it was refused or limited, as the partner reads it, word for word."""
    moves: Mapped[list[Any]]
    """Ids of open deals that the manager ticked to move into it."""
    territory_id: Mapped[UUID | None] = mapped_column(ForeignKey("territory.id"), unique=True)
    """None until it was approved."""
    renews: Mapped[bool] = mapped_column(default=True)
    """Whether it goes on by itself while its minimum is met."""
    change: Mapped[Change | None]
    """What was announced; None while nothing is."""
    change_on: Mapped[date | None]
    """The first day on which it is so."""
    change_note: Mapped[str] = mapped_column(Text, default="")
    change_minimum_minor: Mapped[int | None] = mapped_column(BigInteger)
    change_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    protest: Mapped[str] = mapped_column(Text, default="")
    protested_at: Mapped[datetime | None]
    protest_answered_at: Mapped[datetime | None]
    """A change that was protested waits for it."""


class ClaimTerms(TermsColumns, Private, Base):
    """Terms that were asked, offered or given.  Never changed."""

    __tablename__ = "claim_terms"
    __table_args__ = (of_the_same_partner(),)

    claim_id: Mapped[UUID] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(10))
    """asked, offered or given"""
    note: Mapped[str] = mapped_column(Text, default="")
    by_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]


class ClaimEvent(Private, Base):
    """One step in the life of a claim, as its partner may read it.  Never changed."""

    __tablename__ = "claim_event"
    __table_args__ = (of_the_same_partner(),)

    claim_id: Mapped[UUID] = mapped_column(index=True)
    verb: Mapped[str] = mapped_column(String(30))
    from_status: Mapped[ClaimStatus | None]
    to_status: Mapped[ClaimStatus]
    by_id: Mapped[UUID | None]
    """None when a clock did it."""
    by_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]
    note: Mapped[str] = mapped_column(Text, default="")


class ClaimQuarter(Private, Base):
    """What a quarter came to when it closed, on the day after its last."""

    __tablename__ = "claim_quarter"
    __table_args__ = (of_the_same_partner(), UniqueConstraint("claim_id", "quarter"))

    claim_id: Mapped[UUID]
    quarter: Mapped[str] = mapped_column(String(7))
    """Such as 2026-Q4."""
    target_minor: Mapped[int] = mapped_column(BigInteger)
    reached_minor: Mapped[int] = mapped_column(BigInteger)
    closed_at: Mapped[datetime]

    @property
    def is_met(self) -> bool:
        return self.reached_minor >= self.target_minor


class ClaimLook(Private, Base):
    """A partner looked what is held and what is free somewhere.  Never changed."""

    __tablename__ = "claim_look"
    __table_args__ = (Index("ix_claim_look_partner_at", "partner_id", "at"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    digest: Mapped[str] = mapped_column(String(64))
    """Of what was looked at; the same again is no new question."""
    is_new: Mapped[bool]
    places: Mapped[list[Any]] = mapped_column(JSON)


for _table in (ClaimTerms, ClaimEvent, ClaimLook):
    never_changes(_table.__table__)
