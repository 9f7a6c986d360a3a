"""The base of every table: its name, its key, its constraint names, its column types."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import uuid_utils.compat
from sqlalchemy import JSON, BigInteger, DateTime, Enum, MetaData, String, TypeDecorator
from sqlalchemy.orm import Composite, DeclarativeBase, Mapped, Session, composite, mapped_column

from models.money import Money

CONSTRAINT_NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

SPOKEN = "23456789BCDFGHJKMNPQRTVWXYZ"
"""Digits and letters that are not mistaken for one another and spell no words."""


class Instant(TypeDecorator):
    """An aware UTC datetime.  A naive one is a programming error, not a value."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value, dialect):
        assert value is None or value.tzinfo is not None, "naive datetime"
        return value and value.astimezone(UTC)

    def process_result_value(self, value, dialect):
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class Exact(TypeDecorator):
    """A Decimal kept as text: SQLite's NUMERIC loses digits without a word."""

    impl = String(40)
    cache_ok = True

    def process_bind_param(self, value, dialect):
        assert value is None or isinstance(value, Decimal), "rates are Decimals"
        return None if value is None else format(value, "f")

    def process_result_value(self, value, dialect):
        return None if value is None else Decimal(value)


def new_id() -> UUID:
    """A time-ordered key (UUID version 7): new rows stand together in the index."""
    return uuid_utils.compat.uuid7()


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=CONSTRAINT_NAMES)
    type_annotation_map = {
        datetime: Instant,
        Decimal: Exact,
        dict[str, Any]: JSON,
        list[Any]: JSON,
        # The database keeps the word people read ("approved"), not Python's name for it.
        StrEnum: Enum(
            StrEnum,
            native_enum=False,
            values_callable=lambda states: [state.value for state in states],
            length=40,
        ),
    }

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-1)


def money_column(name: str, *, nullable: bool = False) -> Composite[Any]:
    """Two columns, `<name>_minor` and `<name>_currency`, read and written as one Money."""
    return composite(
        lambda minor, currency: None if currency is None else Money(minor, currency),
        mapped_column(f"{name}_minor", BigInteger, nullable=nullable),
        mapped_column(f"{name}_currency", String(3), nullable=nullable),
    )


def human_number(prefix: str, key: UUID, letters: int = 7) -> str:
    """A short number for people, such as D-4K7QXMP, made from the key's random bits.

    Not a sequence: a sequence would tell each partner how much business others do.
    letters: 7 for what people say on the phone (ten thousand million of them; who makes many
    looks first whether one is taken), 10 for thousands at once, 12 for millions at once.
    """
    rest = key.int & ((1 << 62) - 1)
    drawn = []
    for _ in range(letters):
        rest, digit = divmod(rest, len(SPOKEN))
        drawn.append(SPOKEN[digit])
    return f"{prefix}-{''.join(drawn)}"


TRIPLES = [one + two + three for three in SPOKEN for two in SPOKEN for one in SPOKEN]
BY_BITS = [*TRIPLES, *TRIPLES][: 1 << 15]


def long_number(prefix: str, digits: str) -> str:
    """The same for millions at once, of 12 letters; digits: the key's, hexadecimal."""
    bits, of = int(digits[16:], 16), BY_BITS
    told = f"{of[bits & 32767]}{of[bits >> 15 & 32767]}{of[bits >> 30 & 32767]}"
    return f"{prefix}-{told}{of[bits >> 45 & 32767]}"


def lock(session: Session, thing: Base) -> None:
    """Hold this row, as it is now, until the transaction ends.

    Flushes first: a refresh would forget changes that are not yet written.  Others may write
    rows that refer to it meanwhile: whoever records a payment and whoever closes the month
    would otherwise wait for each other (PostgreSQL: FOR NO KEY UPDATE).
    """
    session.flush()
    session.refresh(thing, with_for_update={"key_share": True})
