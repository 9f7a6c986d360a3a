"""What Stripe sends us: checked on the raw bytes, kept once, answered at once.

Two addresses, one for snapshot events (v1) and one for thin ones (v2); both are believed only
so far that something happened, and are looked into by the worker.
"""

from __future__ import annotations

from flask import Response, abort, current_app, request

from models.payouts import provider
from portal.clock import now
from portal.database import session
from portal.payouts.blueprint import pages
from portal.payouts.stripe_gateway import NotStripe, told_by
from portal.permissions import anyone

LARGEST = 500_000
"""Bytes; Stripe's own are far smaller."""


@pages.post("/stripe/webhooks")
@anyone
def snapshot_events() -> Response:
    return _take()


@pages.post("/stripe/events")
@anyone
def thin_events() -> Response:
    return _take()


UNSIGNED = (snapshot_events, thin_events)
"""Views without our own token in the form: Stripe signs instead."""


def _take() -> Response:
    secrets = current_app.extensions["settings"].stripe_webhook_secrets
    if not secrets:
        abort(404)
    if (request.content_length or 0) > LARGEST:
        abort(413)
    try:
        told = told_by(
            request.get_data(), request.headers.get("Stripe-Signature", ""), secrets, now()
        )
    except NotStripe as no:
        return Response(f"{no}\n", 400, mimetype="text/plain")
    provider.receive(session, told, now=now())
    return Response("kept\n", 200, mimetype="text/plain")
