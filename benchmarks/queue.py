"""What a channel manager's pages cost with 100 deals waiting of many: queue, search, insights.

    python -m benchmarks.queue --deals 1000000 --requests 40 [--database postgresql://…]

Signed-in pages, asked for turn by turn; p50 and p95 by the clock and of processor time of the
web process, and how many questions each asks the database.  And one pre-check, and one
registration: a draft submitted, with everything that a submission does.  A database that holds
the deals already is used again.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from flask import Flask
from sqlalchemy import select, text, update

from benchmarks import deals_list
from models import deals
from models import engine as engines
from models.base import new_id
from models.catalog import Product, ProductFamily
from models.deals import Deal, DealStatus, Enquiry, Line, Registration, prechecks
from models.partners import Partner
from models.people import Actor, Person, Role
from models.scope import Scope, open_session
from models.vendor import Vendor
from portal import database
from portal.app import create_app
from portal.clock import now
from portal.settings import Settings
from tests.queries import counting

WAITING = 100
SELLER = "seller@example.com"
PAGES = {
    "queue": "/deals/queue?view=all",
    "list of deals": "/deals",
    "search": "/search?q=Customer+17",
    "insights": "/insights/registration",
}


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--deals", type=int, default=100_000)
    words.add_argument("--requests", type=int, default=40)
    words.add_argument("--database", default="")
    said = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        app = _app(Path(folder), said.database)
        if deals_list.fill(app, said.deals):
            _only_some_wait(app)
            _prepare_registering(app)
        with app.test_client() as client:
            with client.session_transaction() as cookie:
                cookie["_user_id"] = deals_list.TOKEN
            for name, path in PAGES.items():
                _say(app, name, said.requests, lambda path=path: _get(client, path))
        _say(app, "pre-check", said.requests, _asking(app))
        _say(app, "registration", said.requests, _registering(app))
        deals_list.measure(app, said.deals, said.requests)


def _get(client: Any, path: str) -> None:
    assert client.get(path).status_code == 200, path


def _say(app: Flask, name: str, times: int, work: Callable[[], None]) -> None:
    work()
    with counting(app) as asked:
        work()
    spent = [_seconds(work) for _ in range(times)]
    said = []
    for kind, values in zip(("clock", "processor"), zip(*spent, strict=True), strict=True):
        p50, p95 = statistics.median(values), statistics.quantiles(values, n=20)[-1]
        said.append(f"{kind} p50 {1000 * p50:.1f} p95 {1000 * p95:.1f} ms")
    click.echo(f"{name}: {', '.join(said)}, {len(asked)} questions")


def _seconds(work: Callable[[], None]) -> tuple[float, float]:
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - clock, time.process_time() - processor


def _only_some_wait(app: Flask) -> None:
    """All but the latest hundred are won."""
    with open_session(engines.for_writing(app.extensions["engine"]), Scope.vendor()) as session:
        waiting = select(Deal.id).where(Deal.status == DealStatus.SUBMITTED)
        latest = session.scalars(waiting.order_by(Deal.submitted_at.desc()).limit(WAITING)).all()
        session.execute(
            update(Deal)
            .where(Deal.status == DealStatus.SUBMITTED, Deal.id.not_in(latest))
            .values(status=DealStatus.WON)
        )
        session.commit()


def _prepare_registering(app: Flask) -> None:
    """A product, and a seller of some partner."""
    with open_session(engines.for_writing(app.extensions["engine"]), Scope.vendor()) as session:
        family_id, partner_id = session.scalar(select(ProductFamily.id)), new_partner(session)
        product = Product(sku="B-1", name="Bicycle", family_id=family_id)
        seller = Person(
            email=SELLER, name="Ana", role=Role.SELLER, partner_id=partner_id, created_at=now()
        )
        session.add_all([product, seller])
        manager = session.scalars(select(Person).where(Person.role == Role.CHANNEL_MANAGER)).one()
        for vendor in session.scalars(select(Vendor)):
            vendor.default_channel_manager_id = manager.id
            vendor.default_sales_manager_id = manager.id
        session.commit()
    with app.app_context(), database.transaction() as session:
        session.execute(text("ANALYZE"))


def _asking(app: Flask) -> Callable[[], None]:
    """A pre-check of a customer that nobody has, and commits."""
    engine, by, _product_id = _seller(app)
    for limits in (prechecks.NEW_QUESTIONS, prechecks.ANSWERS):
        limits.update(dict.fromkeys(limits, 10**9))

    def ask() -> None:
        enquiry = Enquiry(name=f"Quixotic {new_id().hex[-8:]} Velodrom", country="DE")
        with open_session(engine, Scope.partner(by.partner_id)) as own:
            deals.ask_precheck(own, enquiry, live=False, by=by, now=now())
            own.commit()

    return ask


def _registering(app: Flask) -> Callable[[], None]:
    """Submits one deal for a customer that nobody has, and commits."""
    engine, by, product_id = _seller(app)

    def register() -> None:
        with open_session(engine, Scope.partner(by.partner_id)) as own:
            _submit(own, by, by.partner_id, product_id)
            own.commit()

    return register


def _seller(app: Flask) -> tuple[Any, Actor, Any]:
    engine = engines.for_writing(app.extensions["engine"])
    with open_session(engine, Scope.vendor()) as session:
        seller = session.scalars(select(Person).where(Person.email == SELLER)).one()
        return engine, seller.actor(), session.scalar(select(Product.id))


def new_partner(session: Any) -> Any:
    return session.scalar(select(Partner.id).limit(1))


def _submit(session: Any, by: Actor, partner_id: Any, product_id: Any) -> None:
    registration = Registration(
        customer_name=f"Quixotic {new_id().hex[-8:]} Velodrom", customer_country="DE",
        lines=(Line(product_id, 1, 9_000_00),), expected_close_on=now().date() + timedelta(days=60),
        problem="Their couriers lose an hour a day because the old cargo bikes break down.",
        contact_name="Ruth Okafor", contact_email="ruth@example.com",
    )  # fmt: skip
    deal = deals.draft(session, registration, partner_id=partner_id, by=by, now=now())
    deals.submit(session, deal, by=by, now=now())


def _app(folder: Path, url: str) -> Flask:
    return create_app(
        Settings(
            instance=folder,
            database_url=url or f"sqlite:///{folder / 'queue.sqlite'}",
            secret_key="secret of the benchmark, never of a server",
            sealing_key="sealing key of the benchmark, never of a server",
        )
    )


if __name__ == "__main__":
    main()
