"""How fast one worker sends a released run by Stripe, and how much memory that takes.

    python -m benchmarks.payouts --payouts 10000 [--database postgresql://…]

A run of so many payouts is prepared, released and sent to the stand-in of the tests, which
runs as a process of its own: claim, call over HTTP, settle, each with its commit to disk.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import Flask
from sqlalchemy import func, insert, select

from models import engine as engines
from models import ledger, payouts, schema
from models.base import human_number, new_id
from models.commissions.tables import MonthClose, Statement
from models.ledger import Account, Fact, credit, debit
from models.money import Money
from models.partners import Partner, PartnerRole, PartnerStatus, Tier
from models.partners.destinations import DestinationKind, PayoutDestination
from models.payouts import Payout, PayoutStatus
from models.payouts.queries import seen_of
from models.people import Person, PersonStatus, Role
from models.scope import Scope, ScopedSession, open_session
from models.vendor import Vendor
from portal import database
from portal.payouts.stripe_connection import StripeRail
from portal.payouts.stripe_gateway import StripeGateway
from portal.payouts.stripe_sending import Sender

MONTH = "2026-10"
ACCOUNTS = 50
BATCH = 1_000
RAILS = {DestinationKind.STRIPE: StripeRail(True)}


@contextmanager
def standin() -> Iterator[tuple[str, list[str]]]:
    """(address, accounts) of a stand-in in a process of its own."""
    words = [sys.executable, "-m", "tests.stripe_standin", "0", f"accounts={ACCOUNTS}"]
    process = subprocess.Popen([*words, f"eur={10**12}"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip(), process.stdout.readline().split()
    finally:
        process.terminate()
        process.wait()


def founded(session: ScopedSession, count: int, accounts: list[str], now: datetime) -> None:
    """So many partners with an account at Stripe and one unpaid statement."""
    vendor = {"name": "Vendor", "legal_name": "Vendor", "country": "DE"}
    session.add(Vendor(**vendor, base_currency="EUR", time_zone="Europe/Berlin"))
    session.add(MonthClose(month=MONTH, begun_at=now, finished_at=now, is_early=False,
                           closed_by_name="Bench"))  # fmt: skip
    session.flush()
    for begun in range(0, count, BATCH):
        partners = [_partner(n, now) for n in range(begun, min(begun + BATCH, count))]
        session.execute(insert(Partner), partners)
        session.execute(insert(PayoutDestination), [
            {"partner_id": one["id"], "kind": DestinationKind.STRIPE, "holder": one["name"],
             "account_id": accounts[n % ACCOUNTS], "created_at": now}
            for n, one in enumerate(partners)
        ])  # fmt: skip
        statements = [_statement(one["id"], 100_00 + n, now) for n, one in enumerate(partners)]
        session.execute(insert(Statement), statements)
        ledger.post_all(session, [_earned(one) for one in statements], now=now)
    session.commit()


def _partner(number: int, now: datetime) -> dict:
    key = new_id()
    return {
        "id": key, "number": human_number("P", key), "name": f"Partner {number:05d}",
        "legal_name": f"Partner {number:05d}", "country": "DE", "currency": "EUR",
        "role": PartnerRole.RESELLER, "tier": Tier.SILVER, "status": PartnerStatus.ACTIVE,
        "created_at": now,
    }  # fmt: skip


def _statement(partner_id, minor: int, now: datetime) -> dict:
    key = new_id()
    return {
        "id": key, "partner_id": partner_id, "number": human_number("S", key, 10),
        "period": MONTH, "currency": "EUR", "opening_minor": 0, "earned_minor": minor,
        "taken_back_minor": 0, "payable_minor": minor, "closing_minor": 0, "line_count": 1,
        "closed_at": now,
    }  # fmt: skip


def _earned(statement: dict) -> Fact:
    amount = Money(statement["earned_minor"], "EUR")
    entries = [
        debit(Account.COMMISSION_EXPENSE, amount),
        credit(Account.PARTNER_PAYABLE, amount, statement["partner_id"]),
    ]
    return Fact(f"statement:{statement['id']}", "commission", MONTH, entries)


def released(session: ScopedSession, now: datetime):
    people = [
        Person(name=name, email=f"{name}@example.com", role=Role.FINANCE,
               status=PersonStatus.ACTIVE, created_at=now)
        for name in ("ann", "bob")
    ]  # fmt: skip
    session.add_all(people)
    session.flush()
    ann, bob = (person.actor() for person in people)
    run = payouts.prepare(session, MONTH, "EUR", rails=RAILS, by=ann, now=now)
    session.flush()
    seen = seen_of(session, run)
    payouts.release(session, run, seen=seen, rails=RAILS, by=bob, now=now)
    session.commit()
    return run.id


def megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


@click.command()
@click.option("--payouts", "count", default=1_000, show_default=True)
@click.option("--database", "url", default="", help="Empty; a SQLite file of its own when absent.")
def measure(count: int, url: str) -> None:
    with tempfile.TemporaryDirectory() as folder, standin() as (address, accounts):
        url = url or f"sqlite:///{Path(folder) / 'bench.sqlite'}"
        app = Flask("bench")
        database.connect(app, url)
        engine = app.extensions["engine"]
        schema.metadata().create_all(engines.for_writing(engine))
        now = datetime.now(UTC)
        with open_session(engines.for_writing(engine), Scope.vendor()) as session:
            founded(session, count, accounts, now)
            begun = time.perf_counter()
            run_id = released(session, now)
        click.echo(f"prepared and released in {time.perf_counter() - begun:.1f} s")
        _send(app, address, run_id, count)
        with open_session(engine, Scope.vendor()) as session:
            paid = select(func.count(Payout.id)).where(Payout.status == PayoutStatus.PAID)
            assert session.scalar(paid) == count
            assert payouts.check_books(session) == []
    click.echo(f"{count} payouts paid, the books agree, peak memory {megabytes()} MiB")


def _send(app: Flask, address: str, run_id, count: int) -> None:
    gateway = StripeGateway("sk_test_bench", address)
    sender = Sender(gateway, "bench", lambda: datetime.now(UTC))
    before, begun, used = megabytes(), time.perf_counter(), time.process_time()
    with app.app_context():
        while sender.send_run(run_id) is not None:
            pass
    took, used = time.perf_counter() - begun, time.process_time() - used
    click.echo(
        f"sent in {took:.1f} s: {count / took:.0f} a second by the clock,"
        f" {count / used:.0f} of processor time; memory {before} to {megabytes()} MiB"
    )


if __name__ == "__main__":
    measure()
