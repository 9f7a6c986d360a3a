"""Who wrote the plan version that rated a run does not let its money go alone."""

from datetime import UTC, date, datetime

import pytest

from models import commissions, payouts, vendor
from models.errors import Refused
from models.payouts import RunStatus
from models.payouts.queries import seen_of
from models.payouts.terms import Terms, arrange
from models.people import SYSTEM, Role
from tests.factories_commissions import TEN_PERCENT
from tests.payout_story import prepare, release

OCTOBER = date(2026, 10, 5)


@pytest.fixture
def wilma(a):
    return a.actor(role=Role.FINANCE, name="Wilma Wrote")


@pytest.fixture
def olaf(a):
    return a.actor(role=Role.FINANCE, name="Olaf Other")


@pytest.fixture
def earned(session, a, wilma, olaf, now):
    """A partner to be paid for October, rated by a version that Wilma wrote."""
    a.programme()
    for name in ("Wilma's", "Wilma's too"):
        written = commissions.make_plan(
            session, name=name, currency="EUR", time_zone="Europe/Berlin", by=wilma, now=now
        )
        commissions.add_version(
            session, written, rules=TEN_PERCENT, from_on=date(2025, 1, 1), by=wilma,
            approved_by=olaf, now=now,
        )  # fmt: skip
        partner = a.partner()
        a.destination(partner)
        commissions.assign(
            session, written, partner_id=partner.id, from_on=date(2025, 1, 1), by=wilma, now=now
        )
        paid = {"paid_at": datetime(2026, 10, 20, 12, tzinfo=UTC)}
        a.earned(10_000_00, partner_id=partner.id, issued_on=OCTOBER, paid=paid)
    commissions.close_month(session, "2026-10", by=SYSTEM, now=now)


def one_is_enough(session, a, now):
    arrange(
        session, vendor.settings(session), Terms(one_person_is_enough=True), [],
        by=a.actor(role=Role.ADMINISTRATOR), now=now,
    )  # fmt: skip


def test_the_author_releases_what_somebody_else_has_prepared(session, earned, wilma, olaf, now):
    run = prepare(session, olaf, now)
    release(session, run, wilma, now)
    assert run.status is RunStatus.RELEASED


def test_where_one_person_is_enough_the_author_is_not(session, a, earned, wilma, olaf, now):
    one_is_enough(session, a, now)
    run = prepare(session, SYSTEM, now)
    with pytest.raises(Refused) as no:
        release(session, run, wilma, now)
    assert str(no.value) == (
        "You wrote version 1 of “Wilma's” and version 1 of “Wilma's too”, which rated what this "
        "run pays, and nobody else has looked at the run. Somebody who did not write it has to "
        "release the run, or to prepare or approve it. Ask Olaf Other."
    )
    payouts.approve(session, run, seen=seen_of(session, run), by=olaf, now=now)
    release(session, run, wilma, now)
    assert run.status is RunStatus.RELEASED


def test_who_did_not_write_it_releases_it_alone_where_one_is_enough(session, a, earned, olaf, now):
    one_is_enough(session, a, now)
    run = prepare(session, SYSTEM, now)
    release(session, run, olaf, now)
    assert run.status is RunStatus.RELEASED


def test_who_put_a_partner_on_a_plan_does_not_pay_it_alone(session, a, wilma, olaf, now):
    a.programme()
    one_is_enough(session, a, now)
    partner = a.partner()
    a.destination(partner)
    plan = a.plan(assigned=False)
    commissions.assign(
        session, plan, partner_id=partner.id, from_on=date(2025, 1, 1), by=olaf, now=now
    )
    paid = {"paid_at": datetime(2026, 10, 20, 12, tzinfo=UTC)}
    a.earned(10_000_00, partner_id=partner.id, issued_on=OCTOBER, paid=paid)
    commissions.close_month(session, "2026-10", by=SYSTEM, now=now)
    run = prepare(session, SYSTEM, now)
    with pytest.raises(Refused, match="You assigned"):
        release(session, run, olaf, now)
    payouts.approve(session, run, seen=seen_of(session, run), by=wilma, now=now)
    release(session, run, olaf, now)
    assert run.status is RunStatus.RELEASED


def test_two_who_wrote_on_it_are_as_one(session, a, wilma, olaf, now):
    """Neither looks at the money for the other."""
    a.programme()
    ines = a.actor(role=Role.FINANCE, name="Ines Independent")
    plan = commissions.make_plan(
        session, name="Both", currency="EUR", time_zone="Europe/Berlin", by=wilma, now=now
    )
    commissions.add_version(
        session, plan, rules=TEN_PERCENT, from_on=date(2025, 1, 1), by=wilma,
        authors=[str(olaf.id)], approved_by=ines, now=now,
    )  # fmt: skip
    commissions.assign(session, plan, from_on=date(2025, 1, 1), by=wilma, now=now)
    partner = a.partner()
    a.destination(partner)
    paid = {"paid_at": datetime(2026, 10, 20, 12, tzinfo=UTC)}
    a.earned(10_000_00, partner_id=partner.id, issued_on=OCTOBER, paid=paid)
    commissions.close_month(session, "2026-10", by=SYSTEM, now=now)
    run = prepare(session, olaf, now)
    with pytest.raises(Refused, match="nobody else has looked"):
        release(session, run, wilma, now)
    release(session, run, ines, now)
    assert run.status is RunStatus.RELEASED
