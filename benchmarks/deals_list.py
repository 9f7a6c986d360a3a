"""What a signed-in page costs beyond drawing it: the list of deals, 50 of 100,000.

    python -m benchmarks.deals_list --deals 100000 --requests 60

Asks for the page as a channel manager sees it, and draws the same template from the same
fifty rows as constants, without session and database, turn by turn in one run.  The ratio of
their processor time is the figure; the time itself depends on the machine.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
from flask import Flask, g, template_rendered
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update

from models import engine as engines
from models import schema
from models.base import new_id
from models.catalog import ProductFamily
from models.customers import Customer
from models.deals import Deal, DealStatus
from models.partners import Partner, PartnerRole, PartnerStatus, Tier
from models.people import Person, Role, Stage, UserSession
from models.scope import Scope, ScopedSession, open_session
from models.vendor import Vendor
from portal import identity
from portal.app import create_app
from portal.clock import now
from portal.paging import Page
from portal.settings import Settings
from tests.queries import counting

SEED, BATCH = 20261122, 5_000
PARTNERS, CUSTOMERS = 500, 2_000
TOKEN = "the token of the benchmark"
PATH = "/deals"
STATUSES = [DealStatus.WON] * 5 + [DealStatus.LOST] * 3 + [DealStatus.SUBMITTED]
"""None that is protected: two protections of one customer would be refused."""


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--deals", type=int, default=100_000)
    words.add_argument("--requests", type=int, default=60)
    said = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        app = _app(Path(folder))
        fill(app, said.deals)
        measure(app, said.deals, said.requests)


def measure(app: Flask, many: int, requests: int) -> None:
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = TOKEN
    draw = _drawing(app, client)
    with counting(app) as asked:
        assert client.get(PATH).status_code == 200
    pages, drawings = [], []
    for _ in range(requests):
        pages.append(_seconds(lambda: client.get(PATH)))
        drawings.append(_seconds(draw))
    page, drawing = statistics.median(pages), statistics.median(drawings)
    click.echo(f"The list of deals, 50 of {many:,}: {1000 * page:.1f} ms of processor time;")
    click.echo(f"the same template from constants: {1000 * drawing:.1f} ms.")
    click.echo(f"Ratio {page / drawing:.2f} (goal 2), {len(asked)} questions to the database.")


def _seconds(work: Callable[[], Any]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _drawing(app: Flask, client: FlaskClient) -> Callable[[], str]:
    """Draws what the page drew, with plain values in the place of rows."""
    drawn: list[tuple[Any, dict[str, Any]]] = []

    def keep(_app: Flask, template: Any, context: dict[str, Any], **_rest: Any) -> None:
        drawn.append((template, context))

    with template_rendered.connected_to(keep, app):
        assert client.get(PATH).status_code == 200
    template, context = drawn[0]
    page = context["page"]
    assert len(page.rows) == 50
    rows: list[Any] = [SimpleNamespace(**row._asdict()) for row in page.rows]
    constants = context | {"page": Page(rows, page.after, page.before)}
    for name in ("g", "request", "session"):
        constants.pop(name, None)
    asking = identity.Asking(
        actor=context["person"],
        session_id=new_id(),
        unread=0,
        partner_name=None,
        vendor_name=context["vendor"],
        stage=Stage.IN,
        began_at=now(),
        provider_id=None,
        proven_at=now(),
        visit_ends_at=None,
        must_sign=False,
    )

    def draw() -> str:
        with app.test_request_context(PATH):
            g._login_user = identity.SignedIn(TOKEN, asking)
            return template.render(**constants)

    return draw


def _app(folder: Path) -> Flask:
    settings = Settings(
        instance=folder,
        database_url=f"sqlite:///{folder / 'deals.sqlite'}",
        secret_key="secret of the benchmark, never of a server",
        sealing_key="sealing key of the benchmark, never of a server",
    )
    return create_app(settings)


def fill(app: Flask, many: int) -> bool:
    """Whether it had to be: a database that holds deals is used as it is."""
    engine = engines.for_writing(app.extensions["engine"])
    schema.metadata().create_all(engine)
    with open_session(engine, Scope.vendor()) as session:
        if session.scalar(select(Deal.id).limit(1)):
            session.execute(update(UserSession).values(created_at=now(), last_seen_at=now()))
            session.commit()
            return False
        manager = _people(session)
        partners, customers, family = _world(session)
        rows = _deals(many, manager, partners, customers, family)
        while batch := [row for row, _ in zip(rows, range(BATCH), strict=False)]:
            session.execute(insert(Deal), batch)
        session.commit()
    return True


def _people(session: ScopedSession) -> Person:
    manager = Person(
        email="channel@example.com", name="Kim", role=Role.CHANNEL_MANAGER, created_at=now()
    )
    session.add(manager)
    vendor = Vendor(
        name="Vendor", legal_name="Vendor", country="DE", base_currency="EUR",
        time_zone="Europe/Berlin",
    )  # fmt: skip
    session.add(vendor)
    session.flush()
    signed_in = UserSession(
        person_id=manager.id, token_hash=hashlib.sha256(TOKEN.encode()).hexdigest(),
        created_at=now(), last_seen_at=now(), address="", browser="",
    )  # fmt: skip
    session.add(signed_in)
    session.flush()
    return manager


def _world(session: ScopedSession) -> tuple[list[Any], list[Any], Any]:
    family = ProductFamily(code="bikes", name="Bikes")
    partners = [
        Partner(
            number=f"P-{number:07}", name=f"Partner {number}", role=PartnerRole.RESELLER,
            tier=Tier.SILVER, status=PartnerStatus.ACTIVE, country="DE", currency="EUR",
            created_at=now(),
        )
        for number in range(PARTNERS)
    ]  # fmt: skip
    customers = [
        Customer(name=f"Customer {n}", core_name=f"customer {n}", country="DE", created_at=now())
        for n in range(CUSTOMERS)
    ]
    session.add_all([family, *partners, *customers])
    session.flush()
    return [one.id for one in partners], [one.id for one in customers], family.id


def _deals(
    many: int, manager: Person, partners: list[Any], customers: list[Any], family: Any
) -> Iterator[dict[str, Any]]:
    rng = random.Random(SEED)
    at = datetime.now(UTC) - timedelta(days=800)
    for number in range(many):
        at += timedelta(days=799) / many
        yield {
            "id": new_id(), "number": f"D-{number:07}", "partner_id": rng.choice(partners),
            "status": rng.choice(STATUSES), "value_minor": rng.randrange(5_000_00, 90_000_00),
            "value_currency": "EUR", "customer_id": rng.choice(customers), "family_id": family,
            "customer_name": f"Customer {rng.randrange(CUSTOMERS)}", "customer_country": "DE",
            "expected_close_on": at.date(), "created_at": at, "updated_at": at, "changed_at": at,
            "submitted_at": at, "decide_by": at + timedelta(days=2), "won_on": at.date(),
            "channel_manager_id": manager.id, "sales_manager_id": manager.id,
        }  # fmt: skip


if __name__ == "__main__":
    main()
