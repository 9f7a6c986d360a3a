"""What we can ask about months that are rated anew: who gains and loses, how far it is.

Reads only; asked on the vendor's side.
"""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from models.commissions.rerating_tables import MonthRerating, ReratingChange, ReratingState
from models.partners import Partner

ONLY_LOOKED = (ReratingState.LOOKING, ReratingState.LOOKED)


class Counts(NamedTuple):
    """Rows of partners and currencies: all, those that gain, those that lose."""

    all: int
    gaining: int
    losing: int


def waiting_rerating(session: Session) -> MonthRerating | None:
    return session.scalar(select(MonthRerating).where(MonthRerating.state == ReratingState.WAITING))


def latest_rerating(session: Session, month: str) -> MonthRerating | None:
    """The latest that was asked for, not only looked at."""
    asked = _of(month).where(MonthRerating.state.not_in(ONLY_LOOKED))
    return session.scalar(asked.order_by(MonthRerating.asked_at.desc(), MonthRerating.id.desc()))


def latest_look(session: Session, month: str) -> MonthRerating | None:
    """The latest, whatever has become of it."""
    return session.scalar(_of(month).order_by(MonthRerating.id.desc()))


def changes(rerating_id: UUID) -> Select:
    """Columns of each partner whose months would come to another amount."""
    return (
        select(
            ReratingChange.id,
            ReratingChange.currency,
            ReratingChange.before_minor,
            ReratingChange.difference_minor,
            ReratingChange.size_minor,
            (ReratingChange.before_minor + ReratingChange.difference_minor).label("after_minor"),
            Partner.id.label("partner_id"),
            Partner.name.label("partner_name"),
        )
        .join(Partner, Partner.id == ReratingChange.partner_id)
        .where(ReratingChange.rerating_id == rerating_id)
    )


def counts(session: Session, rerating_id: UUID) -> Counts:
    gains = func.coalesce(func.sum(case((ReratingChange.difference_minor > 0, 1), else_=0)), 0)
    loses = func.coalesce(func.sum(case((ReratingChange.difference_minor < 0, 1), else_=0)), 0)
    row = session.execute(
        select(func.count(), gains, loses).where(ReratingChange.rerating_id == rerating_id)
    ).one()
    return Counts(*map(int, row))


def _of(month: str) -> Select:
    return select(MonthRerating).where(MonthRerating.month == month).limit(1)
