"""Accounts of partners at Stripe, of both generations: opened, linked to, read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.partners.stripe_accounts import AccountRead

INCLUDED = ["configuration.recipient", "requirements", "identity", "defaults"]
"""Without being named these are null in an answer."""


class Accounts:
    """Asks through a client of the SDK; whoever calls turns its exceptions into ours."""

    def __init__(self, client: Any, generation: str) -> None:
        self._client = client
        self._is_v2 = generation == "v2"

    def open(self, *, name: str, email: str, country: str, currency: str, key: str) -> AccountRead:
        """The account under this key: opened now, or the one that was opened before."""
        options = {"idempotency_key": key}
        metadata = {"partner": key.partition(":")[2]}
        if self._is_v2:
            made = self._client.v2.core.accounts.create(
                _wanted_v2(name, email, country, currency) | {"metadata": metadata}, options
            )
            return _read_v2(made)
        made = self._client.v1.accounts.create(
            _wanted_v1(name, email, country, currency) | {"metadata": metadata}, options
        )
        return _read_v1(made)

    def link(self, account: str, *, back: str, again: str) -> str:
        """A single-use address of the hosted pages; never mailed, never kept."""
        if self._is_v2:
            asked = {
                "account": account,
                "use_case": {
                    "type": "account_onboarding",
                    "account_onboarding": {
                        "refresh_url": again,
                        "return_url": back,
                    },
                },
            }
            return str(self._client.v2.core.account_links.create(asked).url)
        asked = {
            "account": account,
            "refresh_url": again,
            "return_url": back,
            "type": "account_onboarding",
        }
        return str(self._client.v1.account_links.create(asked).url)

    def read(self, account: str) -> AccountRead:
        if self._is_v2:
            return _read_v2(self._client.v2.core.accounts.retrieve(account, {"include": INCLUDED}))
        return _read_v1(self._client.v1.accounts.retrieve(account))


def _wanted_v2(name: str, email: str, country: str, currency: str) -> dict[str, Any]:
    requested = {"stripe_balance": {"stripe_transfers": {"requested": True}}}
    return {
        "contact_email": email,
        "display_name": name,
        "dashboard": "express",
        "identity": {"country": country.lower(), "entity_type": "company"},
        "defaults": {
            "currency": currency.lower(),
            "responsibilities": {
                "fees_collector": "application",
                "losses_collector": "application",
            },
        },
        "configuration": {"recipient": {"capabilities": requested}},
        "include": INCLUDED,
    }


def _wanted_v1(name: str, email: str, country: str, currency: str) -> dict[str, Any]:
    return {
        "email": email,
        "country": country,
        "default_currency": currency.lower(),
        "business_profile": {"name": name},
        "capabilities": {"transfers": {"requested": True}},
        "controller": {
            "fees": {"payer": "application"},
            "losses": {"payments": "application"},
            "stripe_dashboard": {"type": "express"},
        },
    }


def _read_v2(account: Any) -> AccountRead:
    said: Mapping[str, Any] = account.to_dict()
    recipient = (said.get("configuration") or {}).get("recipient") or {}
    balance = (recipient.get("capabilities") or {}).get("stripe_balance") or {}
    status = (balance.get("stripe_transfers") or {}).get("status")
    entries = (said.get("requirements") or {}).get("entries") or []
    return AccountRead(
        id=said["id"],
        is_ready=status == "active",
        is_closed=bool(said.get("closed")),
        due=tuple(str(entry.get("description") or "") for entry in entries),
    )


def _read_v1(account: Any) -> AccountRead:
    said: Mapping[str, Any] = account.to_dict()
    needed = said.get("requirements") or {}
    return AccountRead(
        id=said["id"],
        is_ready=(said.get("capabilities") or {}).get("transfers") == "active",
        is_closed=str(needed.get("disabled_reason") or "").startswith("rejected"),
        due=tuple(needed.get("currently_due") or []),
    )
