"""Money that comes back, and runs that are taken back: what Stripe knows is asked first."""

import pytest
from sqlalchemy import select

from models import ledger, payouts, taxes
from models.errors import Refused
from models.ledger import Account
from models.money import Money
from models.payouts import PayoutRun
from models.people import Role
from models.taxes import SelfBillingInvoice
from portal.payouts import stripe_connection
from tests.payout_story import eur


def cancel(story) -> bool:
    run = story.session.get_one(PayoutRun, story.run.id)
    by = story.a.finance().actor()
    done = payouts.cancel(story.session, run, reason="Wrong month.", by=by, now=story.world.now)
    story.session.commit()
    return done


def look(story) -> None:
    """What the worker does about it."""
    run_id = story.run.id
    story.session.rollback()
    with story.app.app_context():
        assert story.sender().look(run_id) is None
    story.session.expire_all()


def test_a_released_run_is_cancelled_once_stripe_was_asked_and_has_nothing(story):
    story.released(100_00)
    assert cancel(story) is False and story.states() == ["approved"]
    look(story)
    assert cancel(story) is True
    assert story.states() == ["cancelled"] and story.sent() == []


def test_on_a_restored_database_a_run_that_was_sent_is_not_cancelled(story, restore):
    story.released(100_00)
    look(story)  # an old look, which the backup holds too
    story.session.get_one(PayoutRun, story.run.id)
    backup = restore.keep()
    story.session.add(story.run)
    story.drain()
    story.forgotten |= {attempt.key for attempt in story.attempts()}
    restore.bring_back(backup)
    story.session.add(story.run)
    story.world.pass_time(days=1)
    assert story.states() == ["approved"]
    assert cancel(story) is False
    look(story)
    with pytest.raises(Refused, match="settled"):
        cancel(story)
    assert story.states() == ["paid"] and len(story.sent()) == 1


def test_without_a_connection_the_look_waits(story):
    story.released(100_00)
    with story.app.app_context():
        assert stripe_connection.look_at_run({"run": str(story.run.id)}) is not None


@pytest.fixture
def taxed(story, a):
    """A payout by Stripe of 100 and 19 of VAT."""
    a.vendor(country="DE", vat_id="DE136695976")
    partner = story.partner(100_00)
    partner.country, partner.vat_id, partner.legal_name = "DE", "DE136695976", "Alpenrad GmbH"
    head = a.person(name="Hanna Haupt", partner=partner, role=Role.PARTNER_ADMINISTRATOR).actor()
    said = {"typed_name": "Hanna Haupt", "words": "We agree.", "by": head, "now": story.world.now}
    taxes.agree_to_self_billing(story.session, partner, **said)
    story.release()
    story.drain()
    payout = story.payouts()[0]
    assert (payout.commission, payout.vat, payout.amount) == (eur(100_00), eur(19_00), eur(119_00))
    return partner, payout


def give_back(story, payout, minor):
    by = story.a.finance().actor()
    said = {"reason": "Paid in error.", "by": by, "now": story.world.now}
    row = payouts.transfers.ask_reversal(story.session, payout, Money(minor, "EUR"), **said)
    row_id = row.id
    story.session.commit()
    with story.app.app_context():
        stripe_connection.reverse(story.gateway(), row_id, lambda: story.world.now)
    story.session.expire_all()


@pytest.mark.parametrize("parts", [(119_00,), (50_00, 69_00), (1, 118_99)])
def test_a_reversed_payout_owes_its_commission_again_and_its_vat_no_more(story, taxed, parts):
    partner, payout = taxed
    for minor in parts:
        give_back(story, payout, minor)
    assert ledger.owed_to(story.session, partner.id, "EUR") == eur(100_00)
    assert ledger.balance(story.session, Account.INPUT_VAT, "EUR") == eur(0)
    assert story.states() == ["failed"]
    billed = story.session.scalars(select(SelfBillingInvoice.net_minor)).all()
    assert sum(billed) == 0 and len(billed) == 1 + len(parts)


def test_a_part_that_comes_back_carries_its_share_of_the_vat(story, taxed):
    partner, payout = taxed
    give_back(story, payout, 59_50)
    assert ledger.owed_to(story.session, partner.id, "EUR") == eur(50_00)
    assert ledger.balance(story.session, Account.INPUT_VAT, "EUR") == eur(9_50)
    assert story.states() == ["paid"]
    story.release()
    story.drain()
    [again] = story.payouts()
    assert (again.commission, again.amount) == (eur(50_00), eur(59_50))
    billed = story.session.scalars(select(SelfBillingInvoice).order_by(SelfBillingInvoice.number))
    assert [(one.net_minor, one.vat_minor) for one in billed] == [
        (100_00, 19_00), (-50_00, -9_50), (50_00, 9_50),
    ]  # fmt: skip
