"""The gateway to Stripe: our words out, our words back.  The only file that imports its SDK.

It opens no session and knows no payout.  An exception of the SDK carries bodies and headers,
so none leaves this file, and none is logged.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import stripe

from models.money import Money, is_currency
from models.payouts.transfers.rules import Answer, Declined, Sent, Transfer, Unsure, meaning
from models.payouts.transfers.units import from_the_wire

VERSION = "2026-10-28.endive"
CONNECT_SECONDS, READ_SECONDS = 5, 30
PAGE = 100

stripe.enable_telemetry = False


class StripeGateway:
    """One connection; every worker has its own."""

    def __init__(
        self, key: str, base: str, *, timeout: tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS)
    ) -> None:
        self._client: Any = stripe.StripeClient(  # Any: its annotations are narrower than its use
            key,
            stripe_version=VERSION,
            base_addresses={"api": base},
            http_client=stripe.RequestsClient(timeout=timeout),
            max_network_retries=0,  # ours, with the same key, across restarts: stripe_sending.py
        )

    def transfer(self, params: dict[str, Any], key: str) -> Answer:
        """Make a transfer, once under this key."""
        try:
            made = self._client.v1.transfers.create(
                params,
                {"idempotency_key": key},
            )
            return Sent(_transfer(made))
        except stripe.StripeError as error:
            return _meaning(error)
        except (AttributeError, KeyError, TypeError, ValueError) as odd:
            return Unsure(f"An answer that is no transfer: {type(odd).__name__}")

    def found(self, group: str, account: str | None = None) -> Iterator[list[Transfer]]:
        """The transfers of a group, page by page.  Raises StripeIsAway."""
        said: dict[str, Any] = {"transfer_group": group, "limit": PAGE}
        if account:
            said["destination"] = account
        try:
            while True:
                page = self._client.v1.transfers.list(said)
                yield [_transfer(one) for one in page.data]
                if not page.has_more:
                    return
                said["starting_after"] = page.data[-1].id
        except stripe.StripeError as error:
            raise StripeIsAway(_said(error)) from None

    def balances(self) -> dict[str, tuple[Money, Money]]:
        """{currency: (available, pending)}.  Raises StripeIsAway."""
        try:
            read = self._client.v1.balance.retrieve()
        except stripe.StripeError as error:
            raise StripeIsAway(_said(error)) from None
        found: dict[str, tuple[Money, Money]] = {}
        for part, rows in enumerate((read.available, read.pending)):
            for row in rows:
                code = row.currency.upper()
                if is_currency(code):
                    both = list(found.get(code, (Money(0, code), Money(0, code))))
                    both[part] = from_the_wire(row.amount, code)
                    found[code] = (both[0], both[1])
        return found

    def reverse(self, transfer_id: str, wire: int, key: str) -> str | Answer:
        """Take money back; the reversal's id, or why not."""
        try:
            made = self._client.v1.transfers.reversals.create(
                transfer_id, {"amount": wire, "metadata": {"key": key}}, {"idempotency_key": key}
            )
            return made.id
        except stripe.StripeError as error:
            return _meaning(error)

    def reversal_of(self, transfer_id: str, key: str) -> str | Answer:
        """The reversal made under this key, looked for after the key has lapsed."""
        try:
            for made in self._client.v1.transfers.reversals.list(
                transfer_id, {"limit": PAGE}
            ).auto_paging_iter():
                if (made.metadata or {}).get("key") == key:
                    return made.id
        except stripe.StripeError as error:
            return Unsure(_said(error))
        return Declined("absent", "No such reversal was found at Stripe.")


class StripeIsAway(Exception):
    """Stripe did not answer a question; nothing depends on it, ask again later."""


def _transfer(made: Any) -> Transfer:
    currency = made.currency
    return Transfer(
        id=made.id,
        amount=from_the_wire(made.amount, currency),
        destination=_id(made.destination),
        metadata={name: str(made.metadata[name]) for name in made.metadata.to_dict()},
        reversals=tuple(
            (one.id, from_the_wire(one.amount, currency)) for one in made.reversals.data
        ),
    )


def _id(thing: Any) -> str:
    return thing if isinstance(thing, str) else getattr(thing, "id", "")


def _meaning(error: stripe.StripeError) -> Answer:
    kind = "idempotency_error" if isinstance(error, stripe.IdempotencyError) else ""
    return meaning(
        error.http_status, kind=kind, code=error.code or "", message=error.user_message or ""
    )


def _said(error: stripe.StripeError) -> str:
    return f"{error.http_status or 'no answer'} {error.code or ''} {error.user_message or ''}"[:300]
