"""A deal that another partner fulfils: both agree, each knows its own side, both earn."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from models import commissions, wins
from models.commissions import CommissionLine, Statement, Trigger, words
from models.commissions.engine import Code
from models.commissions.pipeline import expected
from models.commissions.telling import is_of_others
from models.deals import DealStatus
from models.errors import Refused
from models.money import Money
from models.notices import Notice
from models.people import SYSTEM
from models.scope import Scope, open_session
from models.wins import ShareState, SharingSide
from tests.models.test_commissions import DECEMBER


def propose(session, a, deal, named="Velo Nord", percent="60", message="We install it in May."):
    wins.propose(
        session,
        deal,
        named=named,
        own_percent=Decimal(percent),
        message=message,
        by=a.registrant(deal),
        now=a.now,
    )


def offer(session, a, deal, partner, percent="60"):
    wins.offer(
        session,
        deal,
        fulfilling_id=partner.id,
        registering_percent=Decimal(percent),
        by=a.decider(),
        now=a.now,
    )


def side(session, partner_id) -> SharingSide:
    asked = select(SharingSide).where(SharingSide.partner_id == partner_id)
    return session.scalars(asked.order_by(SharingSide.begun_at.desc())).first()


def agree(session, a, partner):
    wins.agree(session, side(session, partner.id), by=a.seller(partner).actor(), now=a.now)


def shared(session, a, percent="60", **said):
    """An approved deal whose split both have agreed to, and the fulfilling partner."""
    deal, other = a.approved(**said), a.partner(name="Velo Nord")
    propose(session, a, deal, percent=percent)
    offer(session, a, deal, other, percent)
    agree(session, a, other)
    session.flush()
    return deal, other


def sums(session):
    """What each partner has earned, in minor units."""
    rows = session.execute(
        select(CommissionLine.partner_id, func.sum(CommissionLine.amount_minor)).group_by(
            CommissionLine.partner_id
        )
    )
    return {partner_id: int(minor) for partner_id, minor in rows}


def test_neither_partner_learns_the_others_name_before_both_agree(session, engine, a):
    deal, other = a.approved(customer_name="Kestrel Foods Ltd"), a.partner(name="Velo Nord")
    propose(session, a, deal, named="the bike people up north")
    offer(session, a, deal, other)
    theirs = a.seller(other).actor()
    session.commit()
    with open_session(engine, Scope.partner(deal.partner_id)) as own:
        assert side(own, deal.partner_id).other_name == "the bike people up north"
        assert side(own, other.id) is None and wins.sharing_of(own, deal.id) is None
        bodies = " ".join(own.scalars(select(Notice.title + Notice.body)))
        assert "Velo Nord" not in bodies
    with open_session(engine, Scope.partner(other.id)) as own:
        seen = side(own, other.id)
        assert (seen.other_name, seen.customer_name, seen.deal_id) == ("", "", None)
        assert seen.percent == 40 and side(own, deal.partner_id) is None
        bodies = " ".join(own.scalars(select(Notice.title + Notice.body)))
        assert "Kestrel" not in bodies and deal.number not in bodies
        wins.agree(own, seen, by=theirs, now=a.now)
        own.commit()
    session.expire_all()
    assert side(session, deal.partner_id).other_name == "Velo Nord"
    seen = side(session, other.id)
    assert seen.other_name and seen.customer_name == "Kestrel Foods Ltd"
    assert seen.state is ShareState.AGREED


def test_a_named_company_is_not_confirmed_to_exist(session, engine, a):
    """A number of a real partner and one of nobody give the same answer."""
    known = a.partner()
    for named in (known.number, "P-0000000"):
        deal = a.approved()
        propose(session, a, deal, named=named)
        seen = side(session, deal.partner_id)
        assert (seen.state, seen.other_name) == (ShareState.ASKED, named)


def test_what_an_open_deal_would_earn_is_only_the_own_share(session, engine, a):
    a.plan()
    deal, _other = shared(session, a, value=10_000_00)
    session.commit()
    with open_session(engine, Scope.partner(deal.partner_id)) as own:
        assert expected(own, deal.partner_id, now=a.now).whole == Money(600_00, "EUR")


@pytest.mark.parametrize("percent", ["0", "100", "-5", "60.001", "NaN"])
def test_both_get_a_share_and_together_it_is_a_hundred(session, a, percent):
    deal = a.approved()
    with pytest.raises(Refused, match="above 0 and below 100"):
        propose(session, a, deal, percent=percent)
    propose(session, a, deal, percent="62.50")
    offer(session, a, deal, a.partner(), "62.50")
    total = session.scalars(select(SharingSide.percent)).all()
    assert sorted(total) == [Decimal("37.50"), Decimal("62.50")]


def test_the_vendor_chooses_an_active_partner_and_not_the_registering_one(session, a):
    deal = a.approved()
    for partner_id in (deal.partner_id, deal.id):
        with pytest.raises(Refused, match="another partner"):
            wins.offer(
                session, deal, fulfilling_id=partner_id, registering_percent=Decimal(50),
                by=a.decider(), now=a.now,
            )  # fmt: skip
    suspended = a.partner(status="suspended")
    with pytest.raises(Refused, match="not active"):
        offer(session, a, deal, suspended)


def test_another_share_than_proposed_is_asked_of_both(session, a):
    deal, other = a.approved(), a.partner()
    propose(session, a, deal, percent="60")
    offer(session, a, deal, other, "50")
    agree(session, a, other)
    assert wins.splits_of(session, [deal.id.hex]) == {}
    wins.agree(session, side(session, deal.partner_id), by=a.registrant(deal), now=a.now)
    assert wins.splits_of(session, [deal.id.hex]) == {
        deal.id: ((deal.partner_id, Decimal(50)), (other.id, Decimal(50)))
    }


def test_agreed_twice_is_agreed_once_and_a_deal_has_one_split(session, a):
    deal, other = shared(session, a)
    agree(session, a, other)
    told = select(func.count(Notice.id)).where(Notice.kind == "share-agreed")
    assert session.scalar(told.where(Notice.partner_id == other.id)) >= 1
    with pytest.raises(Refused, match="shared already"):
        propose(session, a, deal)


def test_a_win_waits_until_its_split_is_settled(session, a):
    deal = a.approved()
    propose(session, a, deal)
    with pytest.raises(Refused, match="not agreed yet"):
        a.order(deal)
    wins.end(session, deal.id, reason="We do it ourselves.", by=a.registrant(deal), now=a.now)
    a.order(deal)
    assert deal.status is DealStatus.WON


def test_a_refusal_ends_it_and_what_is_agreed_only_the_vendor_ends(session, a):
    deal, other = a.approved(), a.partner()
    offer(session, a, deal, other)
    theirs = a.seller(other).actor()
    wins.end(session, deal.id, reason="No capacity.", by=theirs, now=a.now)
    with pytest.raises(Refused, match="nothing to agree to"):
        wins.agree(session, side(session, other.id), by=theirs, now=a.now)
    deal, other = shared(session, a)
    with pytest.raises(Refused, match="Ask the channel manager"):
        wins.end(session, deal.id, reason="Changed.", by=a.registrant(deal), now=a.now)
    wins.end(session, deal.id, reason="They cannot deliver.", by=a.decider(), now=a.now)
    assert wins.splits_of(session, [deal.id.hex]) == {}


def test_once_a_part_is_won_the_shares_stay(session, a):
    deal, _ = shared(session, a)
    a.order(deal, amount_minor=1_000_00, is_complete=False)
    with pytest.raises(Refused, match="can no longer change"):
        wins.end(session, deal.id, reason="Changed.", by=a.decider(), now=a.now)


@pytest.mark.parametrize("percent", ["60", "33.33", "0.01", "99.99"])
@pytest.mark.parametrize("net", [10_000_00, 1_234_57, 7])
def test_both_shares_sum_to_the_whole_to_the_cent_and_a_refund_takes_both_back(
    session, a, percent, net
):
    a.plan({"base": {"type": "flat", "rate": "0.0833"}, "clawback": {"days": 90}})
    deal, other = shared(session, a, percent)
    a.order(deal)
    invoice = a.invoice(deal=deal, net=net)
    a.payment(invoice)
    a.rate_all()
    alone = a.won()
    plain = a.invoice(deal=alone, net=net)
    a.payment(plain)
    a.rate_all()
    earned = sums(session)
    both = earned.get(deal.partner_id, 0) + earned.get(other.id, 0)
    assert both == earned.get(alone.partner_id, 0)
    a.credit_note(invoice, net)
    a.rate_all()
    assert {sums(session).get(one, 0) for one in (deal.partner_id, other.id)} == {0}


def test_a_plan_that_pays_when_won_pays_both(session, a):
    a.plan(earning_event=Trigger.WON)
    deal, other = shared(session, a, value=10_000_00)
    a.order(deal, amount_minor=4_000_00, is_complete=False)
    a.order(deal, amount_minor=6_000_00)
    a.rate_all()
    assert sums(session) == {deal.partner_id: 600_00, other.id: 400_00}


def test_each_statement_and_each_line_shows_only_the_own_share(session, engine, a):
    a.plan()
    deal, other = shared(session, a, value=10_000_00)
    a.order(deal)
    invoice = a.invoice(deal=deal, net=10_000_00)
    a.payment(invoice)
    a.rate_all()
    commissions.close_month(session, "2026-11", by=SYSTEM, now=DECEMBER)
    session.commit()
    for partner_id, minor in ((deal.partner_id, 600_00), (other.id, 400_00)):
        with open_session(engine, Scope.partner(partner_id)) as own:
            [statement] = own.scalars(select(Statement)).all()
            assert statement.payable_minor == minor
            [line] = own.execute(commissions.queries.lines(commissions.LineFilter())).all()
            assert line.amount_minor == minor
    with open_session(engine, Scope.partner(other.id)) as own:
        [line] = own.execute(commissions.queries.lines(commissions.LineFilter())).all()
        assert (line.deal_number, line.deal_customer, line.invoice_number) == (None, None, None)


@pytest.mark.parametrize("is_refunded", [False, True])
def test_a_tier_that_lifts_shared_sales_tells_nothing_of_the_others(
    session, engine, a, is_refunded
):
    tiers = [["0", "0.05"], ["20000", "0.09"]]
    a.plan(
        {
            "base": {"type": "tier", "mode": "slab_retro", "window": "quarter", "tiers": tiers},
            "clawback": {"days": 90, "derate": True},
        }
    )
    deal, other = shared(session, a, value=10_000_00)
    a.order(deal)
    a.payment(a.invoice(deal=deal, net=10_000_00))
    a.rate_all()
    a.earned(7_777_00, partner_id=deal.partner_id)
    alone = a.earned(9_999_00, partner_id=deal.partner_id)
    if is_refunded:
        a.credit_note(alone, 9_999_00)
        a.rate_all()
    code = Code.TIER_RERATED if is_refunded else Code.TRUE_UP
    told = {}
    for partner_id in (deal.partner_id, other.id):
        session.commit()
        with open_session(engine, Scope.partner(partner_id)) as own:
            rows = own.execute(commissions.queries.lines(commissions.LineFilter())).all()
            told[partner_id] = next(row for row in rows if row.code == code)
    back = -1 if is_refunded else 1
    theirs, own = told[other.id], told[deal.partner_id]
    assert (theirs.amount_minor, theirs.working) == (
        back * 160_00,
        {"rule": "share_of_others", "rounding": "half_up"},
    )
    assert is_of_others(theirs) and not is_of_others(own)
    parts = [step.amount for step in words.steps(
        own.code, own.working, *[Money(own.amount_minor, "EUR")] * 2, str
    )]  # fmt: skip
    assert [part.minor for part in parts] == [
        back * 240_00, back * 311_08, back * 551_08,
    ]  # fmt: skip
