"""Every setting: its name, its unit, its default, and what it is for.

Read once at start from the environment; a bad value stops the start with its name.
"""

from __future__ import annotations

import ipaddress
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

SHORTEST_SECRET = 32
FEWEST_LETTERS = 10
KNOWN_SECRET = re.compile(
    r"change[-_ ]?me|replace[-_ ]?me|your[-_ ]?secret|secret[-_ ]?key|password|example|^dev\b"
    r"|0123456789|123456789|abcdefgh|qwerty",
    re.I,
)
"""What stands in examples and on lists of guesses."""

ENCRYPTED = {"verify-full", "verify-ca", "require"}

LIVE_KEY_AND_DEMO = (
    "STRIPE_SECRET_KEY is a live key, and this is the demonstration: it would pay real money to "
    "invented partners. Use a test key, or a database without the demonstration."
)


class BadSetting(Exception):
    """A setting that cannot be used; its text names it and says how to mend it."""


@dataclass(frozen=True)
class Settings:
    instance: Path
    """Folder for what this installation keeps: its database, its keys."""
    database_url: str
    """sqlite:///path or postgresql://user:password@host/name; ?sslmode=verify-full elsewhere."""
    secret_key: str
    """Signs cookies.  Made at the first start when it is not given."""
    sealing_key: str
    """Seals bank details in the database.  Losing it loses them; keep it apart from backups."""
    sealing_key_before: str = ""
    """The key until it was changed: what it sealed still opens."""
    base_url: str = "http://localhost:8000"
    """Where people reach the portal; links in mails begin with it.  https:// secures cookies."""
    host: str = "127.0.0.1"
    port: int = 8000
    smtp_url: str = ""
    """smtps://user:password@host:465, or smtp://…:587, which must offer STARTTLS unless it is
    this machine; empty keeps mails in /outbox."""
    accent: str = "teal"
    """The vendor's colour: teal, blue, violet or red."""
    session_idle_minutes: int = 30
    """Somebody who does nothing for this long signs in again; finance after half of it."""
    session_hours: int = 12
    """Nobody stays signed in for longer."""
    upload_megabytes: int = 20
    """The largest file or form that is accepted."""
    trusted_proxies: int = 0
    """How many proxies in front set X-Forwarded-For; 0 believes none."""
    stripe_secret_key: str = ""
    """sk_… or rk_… (a restricted key suffices); without it nobody is paid by Stripe."""
    stripe_webhook_secret: str = ""
    """whsec_… of each endpoint, a comma between them; old and new while they are changed."""
    stripe_api_base: str = "https://api.stripe.com"
    """Where Stripe answers; another address is a stand-in for tests."""
    stripe_accounts: str = "v2"
    """Which generation of Stripe's accounts partners get: v2 or v1."""
    stripe_environment: str = "live"
    """Names this installation in Stripe's transfer groups.  Two installations that share an
    account at Stripe need two names; it never changes, or what was sent is not found again."""
    database_owner_url: str = ""
    """The role that owns the tables, for `portal database upgrade` alone."""
    database_backup_url: str = ""
    """PostgreSQL: a role that reads past the policies (BYPASSRLS), for backups alone."""
    backup_folder: str = ""
    """Where the worker writes a backup each night; empty: somebody else does it."""
    backups_kept: int = 14
    """How many stay in that folder; the oldest go."""
    database_pooled: bool = False
    """PgBouncer stands before the database and hands connections on after each transaction."""
    allow_database_owner: bool = False
    """Let the portal sign in as the owner of its tables: only for trying out."""
    audit_heads: str = ""
    """File to which the head of the audit is added each day; audit-heads.txt in INSTANCE_DIR."""
    audit_heads_mail: str = ""
    """Addresses to which each head is mailed too, a comma between them."""
    breached_passwords: str = ""
    """File of the SHA-1 of passwords known from break-ins, sorted, one a line, as the downloader of
    Have I Been Pwned writes it; without it the 10,000 commonest are refused."""
    oidc_loopback: bool = False
    """For tests alone: an identity provider may run on this machine, without https."""
    demo: bool = False
    """Load the demonstration into an empty database and show its log-ins."""

    @property
    def stripe_webhook_secrets(self) -> tuple[str, ...]:
        return tuple(one.strip() for one in self.stripe_webhook_secret.split(",") if one.strip())

    @property
    def is_stripe_live(self) -> bool:
        """Whether the key moves real money."""
        return self.stripe_secret_key.startswith(("sk_live_", "rk_live_"))

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Raises BadSetting."""
        instance = Path(environment.get("INSTANCE_DIR", "instance")).absolute()
        given = {
            field.name: _read(field.name, field.type, environment[field.name.upper()])
            for field in fields(cls)
            if field.name.upper() in environment and field.name != "instance"
        }
        given.setdefault("database_url", f"sqlite:///{instance / 'counterpart.sqlite'}")
        for name in ("secret_key", "sealing_key"):
            if name not in given:
                given[name] = _kept_secret(instance / name.replace("_", "-"))
        settings = cls(instance=instance, **given)  # type: ignore[arg-type]
        settings.check()
        return settings

    def check(self) -> None:
        for name in ("secret_key", "sealing_key"):
            self._check_secret(name, getattr(self, name))
        try:
            make_url(self.database_url)
        except ArgumentError:
            raise BadSetting(
                "DATABASE_URL must look like sqlite:///file or postgresql://user@host/name."
            ) from None
        if self.breached_passwords and not Path(self.breached_passwords).is_file():
            raise BadSetting(f"BREACHED_PASSWORDS: there is no file {self.breached_passwords}.")
        self._check_backups()
        self._check_ways_out()
        if not self.base_url.startswith(("http://", "https://")):
            raise BadSetting("BASE_URL must begin with http:// or https://.")
        self._check_stripe()

    def _check_secret(self, name: str, secret: str) -> None:
        if len(secret) < SHORTEST_SECRET:
            raise BadSetting(f"{name.upper()} needs at least {SHORTEST_SECRET} characters.")
        if len(set(secret)) < FEWEST_LETTERS or KNOWN_SECRET.search(secret):
            raise BadSetting(
                f"{name.upper()} can be guessed: take what"
                " `python -c 'import secrets; print(secrets.token_urlsafe(48))'` prints."
            )

    def _check_backups(self) -> None:
        if not self.backup_folder:
            return
        if not Path(self.backup_folder).is_dir():
            raise BadSetting(f"BACKUP_FOLDER: there is no folder {self.backup_folder}.")
        if not self.backups_kept:
            raise BadSetting("BACKUPS_KEPT must be 1 or more.")
        if not self.database_backup_url and not self.database_url.startswith("sqlite"):
            raise BadSetting(
                "BACKUP_FOLDER needs DATABASE_BACKUP_URL: the portal's role does not see all rows."
            )

    def _check_ways_out(self) -> None:
        """Nothing leaves this machine in the clear, nor to a server that shows no certificate."""
        for name in ("database_url", "database_owner_url", "database_backup_url"):
            url = make_url(getattr(self, name) or "sqlite://")
            far = url.host and not url.host.startswith("/") and not is_this_machine(url.host)
            if far and url.query.get("sslmode") not in ENCRYPTED:
                raise BadSetting(
                    f"{name.upper()} names another machine: add ?sslmode=verify-full to it (or"
                    " verify-ca, or require on a network of your own)."
                )
        if self.smtp_url and not self.smtp_url.startswith(("smtp://", "smtps://")):
            raise BadSetting("SMTP_URL must begin with smtps:// or smtp://.")
        host = urlsplit(self.stripe_api_base).hostname or ""
        if self.stripe_api_base.startswith("http://") and not is_this_machine(host):
            raise BadSetting("STRIPE_API_BASE must begin with https:// unless it is this machine.")

    def _check_stripe(self) -> None:
        key = self.stripe_secret_key
        if key and not key.startswith(("sk_test_", "rk_test_", "sk_live_", "rk_live_")):
            raise BadSetting(
                "STRIPE_SECRET_KEY begins with sk_test_, rk_test_, sk_live_ or rk_live_."
            )
        if self.stripe_accounts not in ("v1", "v2"):
            raise BadSetting("STRIPE_ACCOUNTS must be v2 or v1.")
        if not self.stripe_api_base.startswith(("http://", "https://")):
            raise BadSetting("STRIPE_API_BASE must begin with http:// or https://.")
        if not re.fullmatch(r"[a-z0-9]{1,20}", self.stripe_environment):
            raise BadSetting("STRIPE_ENVIRONMENT is a short name of small letters and digits.")
        if self.is_stripe_live and self.demo:
            raise BadSetting(LIVE_KEY_AND_DEMO)


def is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _read(name: str, kind: object, text: str) -> object:
    if kind == "int":
        if not text.isdigit():
            raise BadSetting(f"{name.upper()} must be a whole number, not “{text}”.")
        return int(text)
    if kind == "bool":
        if text.lower() not in {"0", "1", "true", "false", "yes", "no"}:
            raise BadSetting(f"{name.upper()} must be yes or no, not “{text}”.")
        return text.lower() in {"1", "true", "yes"}
    return text


def _kept_secret(file: Path) -> str:
    """The secret in this file, made now if there is none; only the owner can read it."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:  # another process was quicker
            return file.read_text().strip()
        with os.fdopen(descriptor, "w") as out:
            out.write(secrets.token_urlsafe(48))
    return file.read_text().strip()
