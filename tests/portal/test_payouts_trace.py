"""The way of the money, on pages: a payout's trace, and what a statement says of its payment."""

import pytest
from sqlalchemy import select

from models import payouts
from models.payouts import Payout
from tests.payout_story import hand_over, pay, prepare, release


@pytest.fixture
def petra(a):
    return a.finance(name="Petra Prepares")


@pytest.fixture
def rita(a):
    return a.finance(name="Rita Releases")


def test_the_trace_leads_from_the_statement_to_the_bank_and_tells_a_partner_less(
    a, session, petra, rita, sign_in, now
):
    a.vendor()
    partner = a.payable(100_00, name="Alpenrad GmbH")
    run = prepare(session, petra.actor(), now)
    release(session, run, rita.actor(), now)
    file = hand_over(session, run, petra.actor(), now)
    pay(session, run, petra.actor(), now, reference="B-77")
    payout = session.scalars(select(Payout)).one()
    session.commit()
    trace = f"/payouts/{payout.id}/trace"
    whole = sign_in(petra).get(trace).text
    internal = [run.number, str(run.id), run.released_seen, file.sha256, "Rita Releases",
                f"payout:{payout.id}:sent", f"payout:{payout.id}:reserved"]  # fmt: skip
    shared = [payout.number, str(payout.id), "ST-" if "ST-" in whole else "S-", "B-77"]
    for words in (*internal, *shared):
        assert words in whole
    seller = sign_in(a.seller(partner))
    reduced = seller.get(trace).text
    assert all(words in reduced for words in shared)
    assert not [words for words in internal if words in reduced]
    exported = seller.get(f"{trace}/export").text
    assert "B-77" in exported and not [words for words in internal if words in exported]
    assert sign_in(a.seller(a.partner())).get(trace).status_code == 404


def test_a_statement_says_that_it_is_paid_and_by_which_payout(
    a, session, petra, rita, sign_in, now
):
    a.vendor()
    partner = a.payable(100_00, name="Alpenrad GmbH")
    run = prepare(session, petra.actor(), now)
    payout = session.scalars(select(Payout)).one()
    statement_id = session.scalars(select(payouts.PayoutStatement.statement_id)).one()
    session.commit()
    page, seller = f"/statements/{statement_id}", sign_in(a.seller(partner))
    drafted = seller.get(page).text
    assert "To be paid" in drafted and payout.number not in drafted
    release(session, run, rita.actor(), now)
    session.commit()
    assert "Released for payment" in seller.get(page).text
    hand_over(session, run, petra.actor(), now)
    pay(session, run, petra.actor(), now)
    session.commit()
    paid = seller.get(page).text
    assert "To be paid" not in paid and payout.number in paid
