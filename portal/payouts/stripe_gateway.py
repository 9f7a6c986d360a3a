"""The gateway to Stripe: our words out, our words back.  The only file that imports its SDK.

It opens no session and knows no payout.  An exception of the SDK carries bodies and headers,
so none leaves this file, and none is logged.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import stripe

from models.money import Money, is_currency
from models.partners.stripe_accounts import AccountRead
from models.payouts.invoices import InvoiceRead
from models.payouts.provider import Move, Told
from models.payouts.transfers.rules import (
    NEEDS_A_PERSON,
    Answer,
    Declined,
    Sent,
    Transfer,
    Unsure,
    meaning,
)
from models.payouts.transfers.units import from_the_wire
from portal.payouts.stripe_accounts import Accounts
from portal.payouts.stripe_invoices import InvoiceFacts, Invoices

VERSION = "2026-10-28.endive"
CONNECT_SECONDS, READ_SECONDS = 5, 30
PAGE = 100
TOLERANCE_SECONDS = 300
"""Between the signature of a webhook and now, either way."""

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
            raise StripeIsAway(_said(error), error.http_status) from None

    def balances(self) -> dict[str, tuple[Money, Money]]:
        """{currency: (available, pending)}.  Raises StripeIsAway."""
        try:
            read = self._client.v1.balance.retrieve()
        except stripe.StripeError as error:
            raise StripeIsAway(_said(error), error.http_status) from None
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
                if made.metadata and made.metadata.to_dict().get("key") == key:
                    return made.id
        except stripe.StripeError as error:
            return Unsure(_said(error))
        return Declined("absent", "No such reversal was found at Stripe.")

    def events(self, *, since: datetime) -> Iterator[Told]:
        """What happened since, latest first.  Raises StripeIsAway."""
        try:
            for one in self._client.v1.events.list(
                {"created": {"gte": int(since.timestamp())}, "limit": PAGE}
            ).auto_paging_iter():
                yield _told(one.to_dict())
        except stripe.StripeError as error:
            raise StripeIsAway(_said(error), error.http_status) from None

    def moves(self, *, since: datetime) -> Iterator[Move]:
        """The movements of the balance since, latest first.  Raises StripeIsAway."""
        try:
            for one in self._client.v1.balance_transactions.list(
                {
                    "created": {"gte": int(since.timestamp())},
                    "limit": PAGE,
                    "expand": ["data.source"],
                }
            ).auto_paging_iter():
                yield _move(one)
        except stripe.StripeError as error:
            raise StripeIsAway(_said(error), error.http_status) from None

    def open_account(self, *, generation: str, key: str, **facts: str) -> AccountRead:
        """The partner's account; under the same key it is opened once.  Raises StripeIsAway."""
        return self._about_accounts(generation, "open", key=key, **facts)

    def account_link(self, account: str, *, generation: str, back: str, again: str) -> str:
        """Raises StripeIsAway."""
        return self._about_accounts(generation, "link", account, back=back, again=again)

    def account(self, account: str, *, generation: str) -> AccountRead:
        """Raises StripeIsAway."""
        return self._about_accounts(generation, "read", account)

    def make_invoice(self, made: dict[str, str], facts: InvoiceFacts) -> Iterator[tuple[str, str]]:
        """The customer, then the invoice; each is told as soon as it is made, to be kept.

        made: what is kept already.  Raises StripeIsAway.
        """
        try:
            yield from Invoices(self._client).make(made, facts)
        except stripe.StripeError as error:
            raise StripeIsAway(_said(error)) from None

    def invoice(self, invoice_id: str) -> InvoiceRead:
        """Raises StripeIsAway."""
        try:
            return Invoices(self._client).read(invoice_id)
        except stripe.StripeError as error:
            raise StripeIsAway(_said(error)) from None

    def _about_accounts(self, generation: str, what: str, *words: str, **facts: str) -> Any:
        try:
            return getattr(Accounts(self._client, generation), what)(*words, **facts)
        except stripe.StripeError as error:
            raise StripeIsAway(_said(error), error.http_status) from None


class NotStripe(Exception):
    """What arrived was not sent by Stripe, or long ago; its text says what is wrong."""


def told_by(body: bytes, signature: str, secrets: Iterable[str], now: datetime) -> Told:
    """The event in a request.  Raises NotStripe.

    Checked here because the SDK takes signatures from the future, and stumbles over bytes that
    are no text.
    """
    stamp = re.search(r"(?:^|,)t=(\d{1,12})(?:,|$)", signature)
    if stamp is None:
        raise NotStripe("There is no signature.")
    if abs(now.timestamp() - int(stamp[1])) > TOLERANCE_SECONDS:
        raise NotStripe("The signature is too old, or from the future.")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise NotStripe("The body is no text.") from None
    if not any(_is_signed(text, signature, secret) for secret in secrets):
        raise NotStripe("The signature is not right.")
    try:
        return _told(json.loads(text))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise NotStripe("This is no event.") from None


def _is_signed(text: str, signature: str, secret: str) -> bool:
    try:
        stripe.WebhookSignature.verify_header(text, signature, secret, None)
    except stripe.SignatureVerificationError:
        return False
    return True


def _told(event: dict[str, Any]) -> Told:
    """A snapshot event carries its object, a thin one only names it."""
    about = event.get("related_object") or (event.get("data") or {}).get("object") or {}
    created = event["created"]
    at = (
        datetime.fromisoformat(created)
        if isinstance(created, str)
        else datetime.fromtimestamp(created, UTC)
    )
    return Told(
        event_id=str(event["id"]),
        kind=str(event["type"]),
        about_id=str(about.get("id") or ""),
        account=str(event.get("account") or event.get("context") or ""),
        happened_at=at,
    )


def _move(one: Any) -> Move:
    source = one.source
    transfer = "" if isinstance(source, str) else getattr(source, "transfer", "")
    is_reversal = one.type in ("transfer_refund", "transfer_reversal")
    return Move(
        id=one.id,
        kind=one.type,
        source=_id(source) if source else "",
        amount=from_the_wire(one.amount, one.currency),
        fee=from_the_wire(one.fee, one.currency),
        at=datetime.fromtimestamp(one.created, UTC),
        transfer_id=_id(transfer) if is_reversal and transfer else "",
    )


class StripeIsAway(Exception):
    """Stripe did not answer a question; nothing depends on it, ask again later."""

    def __init__(self, said: str, status: int | None = None) -> None:
        super().__init__(said)
        self.needs_a_person = status in NEEDS_A_PERSON


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
