"""Lines that partners object to, and what is decided: for the tests about disputes."""

from datetime import UTC, datetime
from functools import partial

from sqlalchemy import select

from models import commissions
from models.commissions import CommissionLine, Dispute, Statement
from models.commissions.disputes import Decision, DisputeReason, Objection
from models.money import Money
from models.people import SYSTEM

DECEMBER = datetime(2026, 12, 1, 12, tzinfo=UTC)
JANUARY = datetime(2027, 1, 2, tzinfo=UTC)


def lines(session, **said):
    wanted = select(CommissionLine).order_by(CommissionLine.id)
    for name, value in said.items():
        wanted = wanted.where(getattr(CommissionLine, name) == value)
    return session.scalars(wanted).all()


def close(session, month="2026-11", now=DECEMBER):
    return commissions.close_month(session, month, by=SYSTEM, now=now)


def statements(session):
    return session.scalars(select(Statement).order_by(Statement.period)).all()


def earned_line(a, session):
    """1,000.00 of a deal, in November, open."""
    a.plan()
    a.earned(10_000_00, deal=a.won(value=10_000_00))
    return lines(session)[0]


def of_line(a, session, line):
    """opened(minor, …) → the dispute of the line."""
    return partial(opened, a, session, line, a.actor(partner_id=line.partner_id))


def opened(
    a, session, line, seller, minor=400_00, *, claimed=None, now=None, uploads=(), about=None
):
    objection = Objection(
        DisputeReason.RATE,
        "We agreed on more.",
        Money(minor, "EUR"),
        None if claimed is None else Money(claimed, "EUR"),
    )
    at, about = now or a.now, about or line
    dispute_id = commissions.open_dispute(
        session, about.id, objection, uploads=uploads, by=seller, at=at, now=at
    )
    return session.get_one(Dispute, dispute_id)


def decide(session, dispute, verb, added=None, now=DECEMBER):
    decision = Decision(verb, "We looked it up.", added and Money(added, "EUR"))
    return commissions.decide_dispute(session, dispute, decision, by=SYSTEM, at=now, now=now)
