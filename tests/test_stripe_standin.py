"""The stand-in for Stripe is strict, remembers, and never answers what it does not know."""

import json
import threading
import urllib.request
from contextlib import suppress

import pytest
import stripe

from tests.stripe_standin import Kind, Webhooks, shapes
from tests.stripe_standin.resources.accounts import become
from tests.stripe_story import sdk, standin


@pytest.fixture
def served(now):
    with standin(now) as served:
        yield served


@pytest.fixture
def client(served):
    return sdk(served)


@pytest.fixture
def account(served):
    return served.world.active_account()


def order(account, **said):
    usual = {"amount": 100_00, "currency": "eur", "destination": account, "transfer_group": "g"}
    return {name: value for name, value in (usual | said).items() if value is not None}


def send(client, account, key="k-1", **said):
    return client.v1.transfers.create(order(account, **said), {"idempotency_key": key})


def refusal(do) -> stripe.StripeError:
    with pytest.raises(stripe.StripeError) as caught:
        do()
    return caught.value


def test_it_knows_every_operation_of_the_installed_sdk():
    known = {(operation.method, operation.path) for operation in shapes.operations()}
    assert len(known) > 600
    assert ("POST", "/v1/transfers") in known and ("GET", "/v2/core/accounts/{id}") in known


def test_what_it_does_not_simulate_is_never_answered_with_success(client):
    assert refusal(client.v1.charges.list).http_status == 501


@pytest.mark.parametrize(
    "said, code, param",
    [
        ({"amount": "ten"}, "parameter_invalid_integer", "amount"),
        ({"destination": None}, "parameter_missing", "destination"),
        ({"colour": "red"}, "parameter_unknown", "colour"),
        ({"idempotency_key": "among the parameters"}, "parameter_unknown", "idempotency_key"),
        ({"metadata": "not a table"}, "parameter_invalid", "metadata"),
        ({"source_type": "gold"}, "parameter_invalid", "source_type"),
        ({"amount": 0}, "parameter_invalid_integer", "amount"),
        ({"destination": "acct_of_nobody"}, "resource_missing", "destination"),
        ({"amount": 99_999_999}, None, None),
    ],
)
def test_a_parameter_that_is_unknown_missing_or_ill_typed_is_refused(
    client, account, said, code, param
):
    if code is None:
        assert send(client, account, **said).amount == said["amount"]
        return
    no = refusal(lambda: send(client, account, **said))
    assert (no.http_status, no.code, no.param) == (400, code, param)


def test_a_transfer_needs_the_money_and_a_ready_account(client, served, account):
    assert refusal(lambda: send(client, account, currency="usd")).code == "balance_insufficient"
    become(served.world, account, "restricted")
    no = refusal(lambda: send(client, account, key="k-2"))
    assert no.code == "insufficient_capabilities_for_transfer"
    become(served.world, account, "closed")
    assert refusal(lambda: send(client, account, key="k-3")).code == "account_closed"
    assert served.world.transfers() == []


def test_the_same_key_is_replayed_refused_for_other_parameters_and_pruned(client, served, account):
    first = send(client, account)
    again = send(client, account)
    assert (again.id, again.last_response.headers["Idempotent-Replayed"]) == (first.id, "true")
    assert isinstance(refusal(lambda: send(client, account, amount=1)), stripe.IdempotencyError)
    served.world.pass_time(hours=24)
    assert send(client, account).id != first.id


def test_a_refusal_is_kept_under_its_key_too(client, served, account):
    assert refusal(lambda: send(client, account, currency="usd")).code == "balance_insufficient"
    served.world.fund("usd", 100_00)
    assert refusal(lambda: send(client, account, currency="usd")).code == "balance_insufficient"
    assert send(client, account, key="k-2", currency="usd").amount == 100_00


def test_a_key_in_use_answers_409(client, served, account):
    held = served.faults.add(Kind.HOLD, "POST", "/v1/transfers")

    def first_call():
        with suppress(stripe.StripeError):  # on a busy machine it gives up waiting
            send(client, account)

    first = threading.Thread(target=first_call)
    first.start()
    assert held.reached.wait(5)
    assert refusal(lambda: send(sdk(served), account)).http_status == 409
    held.release.set()
    first.join()
    assert len(served.world.transfers()) == 1


@pytest.mark.parametrize(
    "kind, status, done",
    [
        (Kind.DROP_BEFORE, None, 0),
        (Kind.DROP_AFTER, None, 1),
        (Kind.TIMEOUT_AFTER, None, 1),
        (Kind.TOO_MANY, 429, 0),
        (Kind.ERROR_BEFORE, 500, 0),
        (Kind.ERROR_AFTER, 500, 1),
        (Kind.PARTIAL, None, 1),
        (Kind.BAD_GATEWAY, 502, 1),
    ],
)
def test_faults_happen_at_the_call_they_are_set_for(client, served, account, kind, status, done):
    served.faults.add(kind, "POST", "/v1/transfers", call=2)
    send(client, account, "k-1")
    assert refusal(lambda: send(client, account, "k-2")).http_status == status
    assert len(served.world.transfers()) == 1 + done


def test_a_500_that_is_kept_is_replayed_although_the_transfer_was_made(client, served, account):
    served.faults.add(Kind.ERROR_AFTER, "POST", "/v1/transfers")
    for _ in range(2):
        assert refusal(lambda: send(client, account)).http_status == 500
    assert len(served.world.transfers()) == 1


def test_a_list_is_paged_and_filtered(client, served, account):
    for number in range(7):
        send(client, account, f"k-{number}", transfer_group="even" if number % 2 == 0 else "odd")
    found = client.v1.transfers.list({"transfer_group": "even", "limit": 3})
    assert len(found.data) == 3 and found.has_more
    assert len(list(found.auto_paging_iter())) == 4
    stamp = served.world.stamp
    assert client.v1.transfers.list({"created": {"gt": stamp}}).data == []


def test_a_reversal_gives_back_and_never_more_than_there_is(client, served, account):
    made = send(client, account)
    client.v1.transfers.reversals.create(made.id, {"amount": 40_00})
    assert client.v1.transfers.retrieve(made.id).amount_reversed == 40_00
    no = refusal(lambda: client.v1.transfers.reversals.create(made.id, {"amount": 60_01}))
    assert no.param == "amount"
    client.v1.transfers.reversals.create(made.id)
    assert client.v1.transfers.retrieve(made.id).reversed
    assert served.world.available["eur"] == 1_000_000_00


def test_an_account_becomes_active_on_the_hosted_page_which_is_good_once(client, served):
    capabilities = {"stripe_balance": {"stripe_transfers": {"requested": True}}}
    include = ["configuration.recipient", "requirements"]
    account = client.v2.core.accounts.create(
        {
            "contact_email": "ann@example.com",
            "dashboard": "express",
            "identity": {"country": "de", "entity_type": "company"},
            "configuration": {"recipient": {"capabilities": capabilities}},
            "include": include,
        }
    )
    assert account.requirements.entries
    onboarding = {"refresh_url": "http://us/again", "return_url": "http://us/back"}
    use = {"type": "account_onboarding", "account_onboarding": onboarding}
    link = client.v2.core.account_links.create({"account": account.id, "use_case": use})
    assert "Agree and submit" in look(link.url)
    assert look(link.url) == "http://us/again"
    assert look(link.url, b"press=finish") == "http://us/back"
    again = client.v2.core.accounts.retrieve(account.id, {"include": include})
    status = again.configuration.recipient.capabilities.stripe_balance.stripe_transfers.status
    assert (status, again.requirements.entries) == ("active", [])
    assert client.v2.core.accounts.retrieve(account.id).requirements is None
    assert client.v1.accounts.retrieve(account.id).capabilities.transfers == "active"
    assert [event.type for event in client.v2.core.events.list({"object_id": account.id}).data]


def look(url: str, pressed: bytes | None = None) -> str:
    """The page, or where it leads to."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None

    try:
        return urllib.request.build_opener(Stay).open(url, pressed).read().decode()
    except urllib.error.HTTPError as onwards:
        return onwards.headers["Location"]


def test_webhooks_come_in_order_reversed_doubled_forged_and_aged(client, served, account):
    got = []

    def post(body, headers):
        try:
            stripe.Webhook.construct_event(
                body.decode(), headers["Stripe-Signature"], "whsec_1", tolerance=10**9
            )
        except stripe.SignatureVerificationError:
            return 400
        got.append(json.loads(body)["type"])
        return 200

    hooks = Webhooks(served.world, "whsec_1", post)
    made = send(client, account)
    client.v1.transfers.reversals.create(made.id)
    [first, _] = hooks.waiting()
    assert hooks.forged(first) == 400
    assert hooks.reversed() == [200, 200]
    assert got == ["transfer.reversed", "transfer.created"]
    send(client, account, "k-2")
    assert hooks.doubled() == [200, 200]
    assert hooks.in_order() == []
    assert hooks.aged(first) == 200  # signed rightly, long ago: the receiver has to look
