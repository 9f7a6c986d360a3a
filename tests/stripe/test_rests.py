"""What a payout leaves on the balance, or what came back of it, is paid with the next one."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import select

from models import ledger, payouts
from models.errors import Refused
from models.money import Money
from models.notices import Notice
from models.payouts import Payout, standing
from models.payouts.due import unpaid_currencies
from models.payouts.rests import all_rests
from models.payouts.taxing import taxed, taxed_part
from models.payouts.transfers import ask_reversal, book_found_reversal
from models.payouts.transfers.units import payable_part
from models.taxes import Treatment
from portal.payouts.stripe_connection import StripeRail
from tests.stripe.test_desk import reverse_all
from tests.stripe_story import WITH_STRIPE


def in_currency(story, currency):
    story.currency = currency
    story.world.fund(currency.lower(), 10_000_000_00)
    return story


def paid_next(story, partner, minor, period):
    """The run of a later month pays what it can of a further statement."""
    if minor:
        story.a.stated(partner, minor, period=period, currency=story.currency)
    else:
        story.a._closed(period)
    story.release(period)
    story.drain()
    [payout] = story.payouts()
    assert story.states() == ["paid"]
    return payout


@pytest.mark.parametrize(
    "currency, first, paid, second, paid_then, left",
    [
        ("HUF", 1_234_56, 1_234_00, 100_50, 101_00, 6),
        ("TWD", 999_99, 999_00, 1, 1_00, 0),
        ("KWD", 1_239, 1_230, 1_001, 1_010, 0),
    ],
)
def test_what_stripe_cannot_pay_stays_on_the_balance_and_goes_with_the_next_payout(
    story, currency, first, paid, second, paid_then, left
):
    in_currency(story, currency)
    partner = story.partner(first)
    story.release().drain()
    [payout] = story.payouts()
    assert (payout.amount.minor, payout.left.minor) == (paid, first - paid)
    assert ledger.owed_to(story.session, partner.id, currency).minor == first - paid
    assert payouts.check_books(story.session) == []
    following = paid_next(story, partner, second, "2026-11")
    assert (following.brought.minor, following.amount.minor) == (first - paid, paid_then)
    assert ledger.owed_to(story.session, partner.id, currency).minor == left
    assert sum(amount for _, amount in story.sent()) == paid + paid_then


def test_less_than_a_step_waits_and_prepares_no_run_of_its_own(story):
    in_currency(story, "HUF")
    partner = story.partner(99)
    story.session.commit()
    with pytest.raises(Refused, match="Less than can be sent this way; it is carried"):
        story.release()
    story.session.rollback()
    paid_next(story, partner, 2_00, "2026-11")
    assert all_rests(story.session) == {(partner.id, "HUF"): 99}
    assert unpaid_currencies(story.session, through="2026-12") == []


def test_partner_and_finance_read_what_was_brought_and_what_is_left(story, finance, sign_in):
    in_currency(story, "HUF")
    partner = story.partner(1_234_56)
    seller = story.a.seller(partner)
    story.release().drain()
    statement = story.payouts()[0]
    following = paid_next(story, partner, 100_50, "2026-11")
    advice = story.session.scalars(
        select(Notice.body).where(Notice.kind == "payout-paid").order_by(Notice.id.desc())
    ).first()
    assert "Left of earlier payouts: 0.56 HUF" in advice
    assert "Carried to the next payout: -0.06 HUF" in advice
    for reader in (finance, sign_in(seller)):
        text = reader.get(f"/payouts/{following.id}").text
        assert "Left of earlier payouts" in text and "To the next payout" in text
        trace = reader.get(f"/payouts/{following.id}/trace").text
        assert "Of earlier payouts" in trace and "stays on the balance" in trace
        assert reader.get(f"/payouts/{following.id}/remittance").status_code == 200
        settled = reader.get(f"/payouts/{statement.id}").text
        assert "To the next payout" in settled


def test_a_payout_that_left_something_fails_and_all_of_it_is_due_once(story):
    in_currency(story, "HUF")
    partner = story.partner(1_234_56)
    story.release().drain()
    [first] = story.payouts()
    paid_next(story, partner, 1_00_44, "2026-11")
    book_found_reversal(story.session, first, "trr_by_hand", first.amount, now=story.world.now)
    story.is_whole = False
    story.session.commit()
    again = paid_next(story, partner, 0, "2026-12")
    assert again.amount == Money(1_234_00, "HUF")
    assert (again.brought.minor, ledger.owed_to(story.session, partner.id, "HUF").minor) == (-56, 0)


def take_back(story, payout, minor):
    by = story.a.finance().actor()
    ask_reversal(
        story.session, payout, Money(minor, "EUR"), reason="Counted twice.", by=by,
        now=story.world.now,
    )  # fmt: skip
    story.session.commit()
    reverse_all(story)


def test_what_came_back_in_part_is_paid_again_and_never_twice(connected):
    story = connected
    partner = story.partner(200_00)
    story.release().drain()
    [first] = story.payouts()
    take_back(story, first, 80_00)
    assert unpaid_currencies(story.session, through="2026-10") == ["EUR"]
    again = paid_next(story, partner, 0, "2026-11")
    assert (again.amount.minor, again.brought.minor) == (80_00, 80_00)
    assert ledger.owed_to(story.session, partner.id, "EUR").minor == 0
    take_back(story, story.session.get_one(Payout, first.id), 120_00)
    assert ledger.owed_to(story.session, partner.id, "EUR").minor == 120_00
    last = paid_next(story, partner, 0, "2026-12")
    assert (last.amount.minor, last.brought.minor) == (120_00, -80_00)
    assert all_rests(story.session) == {}


def test_what_came_back_in_part_is_told_to_its_partner(connected, sign_in):
    story = connected
    partner = story.partner(100_00)
    reader = story.a.seller(partner)
    story.release().drain()
    [payout] = story.payouts()
    take_back(story, payout, 40_00)
    said = story.session.scalars(select(Notice.body).where(Notice.kind == "payout-taken-back"))
    assert (
        said.first() == "Counted twice. It is owed to you again, and the next payout run pays it."
    )
    page = sign_in(reader).get(f"/payouts/{payout.id}").text
    assert "Taken back in part" in page and "owed again and paid with the next payout" in page


def test_a_draft_that_brings_what_has_changed_since_is_not_released(connected):
    story = connected
    partner = story.partner(100_00)
    story.release().drain()
    [first] = story.payouts()
    take_back(story, first, 40_00)
    story.a.stated(partner, 10_00, period="2026-11")
    by, now = story.a.finance().actor(), story.world.now
    draft = payouts.prepare(story.session, "2026-11", "EUR", rails=WITH_STRIPE, by=by, now=now)
    story.session.commit()
    take_back(story, story.session.get_one(Payout, first.id), 60_00)
    found = standing.changes_in(story.session, draft, rails=WITH_STRIPE, now=now)
    assert [one.what for one in found] == [
        "What earlier payouts have left was changed after the run was prepared."
    ]


LONGEST_WITHOUT = 504
"""The most that stays back, in minor units: at 19 % so many commissions in a row come to no whole
forints.  Counted over all 10,000 after which the pattern begins anew."""


@given(
    st.integers(1, 10**9),
    st.sampled_from([None, Decimal("0.19"), Decimal("0.27")]),
    st.sampled_from([None, Decimal("0.24")]),
    st.sampled_from(["HUF", "KWD", "EUR"]),
)
@example(1594029, Decimal("0.19"), None, "HUF")
def test_after_taxes_too_only_what_can_be_carried_is_paid(minor, vat, withheld, currency):
    asked, treatment = Money(minor, currency), Treatment(vat, withheld)
    part = taxed_part(asked, treatment, StripeRail(True))
    assert part == taxed(part.commission, treatment)
    assert payable_part(part.amount) == part.amount
    assert 0 <= part.commission.minor <= asked.minor
    assert (asked - part.commission).minor <= LONGEST_WITHOUT
