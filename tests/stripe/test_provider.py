"""What Stripe tells and holds: events only cause another look, differences block a release."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from flask.testing import FlaskClient
from sqlalchemy import select

from models.jobs import Job
from models.notices import Notice
from models.people import Role
from portal.payouts import stripe_looking
from tests.stripe.connection import NEW, OLD, THIN, events, paid, work
from tests.stripe_standin import Webhooks


def test_webhook_duplicated_late_reordered_one_inbox_row_re_read(connected, hooks):
    paid(connected, 100_00, 200_00)
    kinds = [event["type"] for event in hooks.waiting()]
    assert kinds == ["transfer.created"] * 2
    first = hooks.waiting()[0]
    assert hooks.doubled() == [200] * 4
    assert hooks.one(first) == 200
    assert len(events(connected)) == 2
    work(connected)
    assert [row.outcome for row in events(connected)] == ["Known."] * 2
    assert connected.sent() == sorted(connected.sent())
    assert connected.calls() == 2


def test_webhook_forged_aged_future_or_damaged_400_and_not_kept(connected, hooks, post):
    paid(connected, 100_00)
    event = hooks.waiting()[0]
    assert hooks.forged(event) == 400
    assert hooks.aged(event) == 400
    assert hooks.one(event, at=connected.world.stamp + 3600) == 400
    assert post(b"{}", {}) == 400
    assert post(b"\xff\xfe", {"Stripe-Signature": f"t={connected.world.stamp},v1=00"}) == 400
    assert hooks.one({"no": "event"}) == 400
    assert events(connected) == []


def post_from_outside(app, body, headers):
    """Without the session of the test, which is for one thread."""
    client = FlaskClient(app, app.response_class)
    return client.post("/stripe/webhooks", data=body, headers=headers).status_code


def test_twenty_five_copies_of_an_event_are_kept_once_though_twenty_come_at_once(
    connected, hooks, post
):
    """Each is answered 200, or told to come again, as Stripe does; the row is one."""
    paid(connected, 100_00)
    event = hooks.waiting()[0]
    connected.session.commit()
    outside = Webhooks(connected.world, NEW, partial(post_from_outside, connected.app))
    with ThreadPoolExecutor(20) as many:
        answers = list(many.map(lambda _: outside.one(event), range(20)))
    answers += [hooks.one(event) for _ in range(5)]
    assert set(answers) <= {200, 409} and answers[-5:] == [200] * 5
    assert len(events(connected)) == 1
    assert post(b"x" * 20_100_000, {"Content-Type": "application/json"}) == 413


def test_both_secrets_count_while_one_replaces_the_other(connected, post, hooks):
    paid(connected, 100_00)
    event = hooks.waiting()[0]
    assert Webhooks(connected.world, OLD, post).one(event) == 200
    assert Webhooks(connected.world, NEW, post).one(event) == 200
    assert len(events(connected)) == 1


def test_without_a_secret_there_is_no_such_address(story, client):
    assert client.post("/stripe/webhooks", data=b"{}").status_code == 404


def test_an_unknown_event_is_kept_and_nothing_follows(connected, hooks):
    connected.world.happened("radar.early_fraud_warning.created", {"id": "issfr_1"})
    hooks.in_order()
    work(connected)
    assert [row.outcome for row in events(connected)] == ["Kept; nothing depends on it."]


def test_webhook_missing_a_nightly_events_list_repairs(connected):
    paid(connected, 100_00)
    connected.session.rollback()
    for _ in range(2):
        with connected.app.app_context():
            stripe_looking.list_events({})
    assert [row.kind for row in events(connected)] == ["transfer.created"]


def test_a_thin_event_about_an_account_has_it_read_again(connected, post):
    account = connected.world.active_account()
    connected.world.happened_thin(
        "v2.core.account[requirements].updated", {"id": account, "type": "v2.core.account"}
    )
    thin = Webhooks(connected.world, THIN, lambda b, h: post(b, h, "/stripe/events"), thin=True)
    assert set(thin.in_order()) == {200}
    event_id = events(connected)[-1].event_id
    connected.session.rollback()
    with connected.app.app_context():
        stripe_looking.look_at_event({"event": event_id})
    connected.session.rollback()
    asked = connected.session.scalars(
        select(Job.payload).where(Job.topic == "payouts.account")
    ).all()
    assert {"account": account} in asked


def test_payout_failed_on_the_connected_account_bank_status_only_no_second_transfer(
    connected, hooks
):
    paid(connected, 100_00)
    partner_id = connected.payouts()[0].partner_id
    connected.a.person(partner_id=partner_id, role=Role.PARTNER_ADMINISTRATOR)
    account = connected.attempts()[0].params["destination"]
    connected.world.happened("payout.failed", {"id": "po_1"}, account=account)
    hooks.doubled()
    work(connected)
    told = connected.session.scalars(
        select(Notice.title).where(Notice.kind == "stripe-bank-failed")
    ).all()
    assert told == ["Your bank refused a payment from Stripe"]
    assert connected.states() == ["paid"]
    assert connected.calls() == 1
