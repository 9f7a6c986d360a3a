"""What we rely on Stripe for, asserted of the stand-in and of a real sandbox alike.

The sandbox is asked when STRIPE_TEST_KEY is set to a test key (its account needs Connect), and
STRIPE_TEST_ACCOUNT names a connected account there that is ready for transfers in
STRIPE_TEST_CURRENCY (usd when not set).  It moves a few units of test money.
"""

import os
import uuid
from dataclasses import dataclass

import pytest

from models.payouts.transfers import Declined, Mismatch, Sent
from models.payouts.transfers.rules import NO_FUNDS
from portal.payouts.stripe_gateway import StripeGateway
from tests.stripe_story import KEY, TIMEOUT, standin

SANDBOX = "https://api.stripe.com"


@dataclass
class Side:
    """One side of the comparison: how it is reached, and whom it pays."""

    gateway: StripeGateway
    account: str
    currency: str

    def order(self, **said) -> dict:
        usual = {
            "amount": 100,
            "currency": self.currency,
            "destination": self.account,
            "transfer_group": f"contract-{uuid.uuid4()}",
            "metadata": {"partner": "of the contract", "attempt": "1"},
        }
        return usual | said


@pytest.fixture(params=["the stand-in", "a sandbox"])
def side(request, now):
    if request.param == "the stand-in":
        with standin(now) as served:
            account = served.world.active_account()
            yield Side(StripeGateway(KEY, served.url, timeout=TIMEOUT), account, "eur")
        return
    key, account = (os.environ.get(name) for name in ("STRIPE_TEST_KEY", "STRIPE_TEST_ACCOUNT"))
    if not key or not account:
        pytest.skip("not tried against the real Stripe: set STRIPE_TEST_KEY, STRIPE_TEST_ACCOUNT")
    assert key.startswith(("sk_test_", "rk_test_")), "never with a live key"
    currency = os.environ.get("STRIPE_TEST_CURRENCY", "usd")
    yield Side(StripeGateway(key, SANDBOX), account, currency)


def found(side, group):
    return [transfer for page in side.gateway.found(group) for transfer in page]


def test_the_same_key_and_bytes_are_one_transfer(side):
    order, key = side.order(), str(uuid.uuid4())
    first, again = (side.gateway.transfer(order, key) for _ in range(2))
    assert isinstance(first, Sent) and isinstance(again, Sent)
    assert first.transfer.id == again.transfer.id
    assert [one.id for one in found(side, order["transfer_group"])] == [first.transfer.id]


def test_the_same_key_with_other_parameters_is_a_mismatch(side):
    order, key = side.order(), str(uuid.uuid4())
    side.gateway.transfer(order, key)
    assert isinstance(side.gateway.transfer(order | {"amount": 101}, key), Mismatch)


def test_a_transfer_is_found_by_its_group_with_what_we_wrote_on_it(side):
    order = side.order()
    sent = side.gateway.transfer(order, str(uuid.uuid4()))
    [seen] = found(side, order["transfer_group"])
    assert isinstance(sent, Sent)
    assert seen == sent.transfer
    assert (seen.destination, dict(seen.metadata)) == (side.account, order["metadata"])


@pytest.mark.parametrize(
    "wrong, code",
    [
        ({"destination": "acct_of_nobody"}, "resource_missing"),
        ({"colour": "red"}, "parameter_unknown"),
        ({"amount": 99_999_999}, NO_FUNDS),
    ],
)
def test_what_it_refuses_is_an_explicit_no_and_moves_nothing(side, wrong, code):
    order = side.order(**wrong)
    if code == NO_FUNDS:
        order["currency"] = "chf"  # of which a sandbox has none either
    answer = side.gateway.transfer(order, str(uuid.uuid4()))
    assert isinstance(answer, Declined)
    assert answer.code == code
    assert found(side, order["transfer_group"]) == []


def test_money_taken_back_is_taken_back_once_under_its_key(side):
    sent = side.gateway.transfer(side.order(), str(uuid.uuid4()))
    assert isinstance(sent, Sent)
    key = str(uuid.uuid4())
    first, again = (side.gateway.reverse(sent.transfer.id, 40, key) for _ in range(2))
    assert isinstance(first, str) and first == again
    assert side.gateway.reversal_of(sent.transfer.id, key) == first


def test_the_balance_is_read_by_currency(side):
    available, pending = side.gateway.balances()[side.currency.upper()]
    assert available.currency == pending.currency == side.currency.upper()
