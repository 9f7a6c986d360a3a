"""A run by hand or by Stripe, let go or taken back, and what is said when it is refused."""

import pytest
from sqlalchemy import select

from models import payouts
from models.errors import Refused
from models.partners.destinations import DestinationKind
from models.payouts.queries import seen_of
from tests.stripe_story import WITH_STRIPE


def payable(a, kind=DestinationKind.BY_HAND):
    """A partner with 100 euros to be paid."""
    partner = a.partner()
    a.stated(partner, 100_00)
    if kind is DestinationKind.STRIPE:
        a.destination_at_stripe(partner, "acct_1")
    else:
        a.destination_by_hand(partner)
    return partner


def prepare(session, by, now):
    return payouts.prepare(session, "2026-10", "EUR", rails=WITH_STRIPE, by=by, now=now)


def release(session, run, by, now, seen=None):
    said = seen or seen_of(session, run)
    payouts.release(session, run, seen=said, rails=WITH_STRIPE, by=by, now=now)


def cancel(session, run, by, now, reason="Wrong month."):
    return payouts.cancel(session, run, reason=reason, by=by, now=now)


def refused(work, *words):
    with pytest.raises(Refused) as no:
        work(*words)
    return str(no.value)


def happened(session, table):
    """The last event of that table."""
    row = session.scalars(select(table).order_by(table.at.desc(), table.id.desc())).first()
    return row.verb, row.at, row.by_id, row.by_name, row.note
