"""Row 26: PostgreSQL loses connections, backends and itself under load, four times."""

import threading
import time

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from models import engine as engines
from models import ledger, roles, sales, schema
from models.money import Money
from models.people import SYSTEM
from models.sales import EarningEvent, Invoice, Payment
from models.scope import Scope, open_session
from tests.conftest import NOW
from tests.databases import Postgresql
from tests.drills.served import at
from tests.factories import Factories

WRITERS, CRASHES, BETWEEN_SECONDS, GOAL_SECONDS = 4, 4, 5, 5
SAFE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
ENDED = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
    " WHERE usename = 'portal_app' AND pid <> pg_backend_pid()"
)


class Writer(threading.Thread):
    """Records a payment of one cent after the other, and each again until it is acknowledged."""

    def __init__(self, url, invoice_id, stop):
        super().__init__()
        self.engine, self.invoice_id, self.stop = engines.connect(url), invoice_id, stop
        self.acknowledged: list[str] = []
        self.when: list[float] = []
        self.lost = 0

    def run(self):
        while not self.stop.is_set():
            reference = f"{self.name} {len(self.acknowledged)}"
            try:
                self._pay(reference)
            except DBAPIError:
                self.lost += 1
                time.sleep(0.05)
            else:
                self.acknowledged.append(reference)
                self.when.append(time.monotonic())
        self.engine.dispose()

    def _pay(self, reference):
        cent = {"paid_at": NOW, "amount": Money(1, "EUR"), "by": SYSTEM, "now": NOW}
        with open_session(engines.for_writing(self.engine), Scope.vendor()) as session:
            invoice = session.get_one(Invoice, self.invoice_id)
            sales.record_payment(session, invoice, reference=reference, **cent)
            session.commit()


@pytest.fixture
def server(request, databases):
    if request.config.getoption("--database") != "postgresql":
        pytest.skip("for PostgreSQL: SQLite ends with its process, see tests/stripe/test_crashes")
    server = Postgresql(**SAFE)
    owner = engines.connect(server.as_owner(server.template_url))
    schema.metadata().create_all(engines.for_writing(owner))
    roles.let_in(owner, server.template_url)
    owner.dispose()
    yield server
    server.stop()


def test_row_26_nothing_acknowledged_is_lost_and_nothing_is_kept_twice(server, request):
    url = server.template_url
    engine = engines.connect(url)
    with open_session(engines.for_writing(engine), Scope.vendor()) as session:
        a = Factories(session, NOW)
        a.vendor()
        ids = [a.invoice(net=1_000_000_00).id for _ in range(WRITERS)]
        session.commit()
    engine.dispose()
    stop = threading.Event()
    writers = [Writer(url, invoice_id, stop) for invoice_id in ids]
    for writer in writers:
        writer.start()
    served = []
    for number in range(CRASHES):
        time.sleep(BETWEEN_SECONDS)
        server._say(ENDED)
        time.sleep(1)
        server.crash()
        time.sleep(0.5)
        began = time.monotonic()
        server.run()
        while not any(writer.when and writer.when[-1] > began for writer in writers):
            time.sleep(0.01)
            assert time.monotonic() < began + 60, f"crash {number}"
        served.append(time.monotonic() - began)
    time.sleep(1)
    stop.set()
    for writer in writers:
        writer.join()
    _check(url, writers, served)


def _check(url, writers, served):
    engine = engines.connect(url)
    with open_session(engine, Scope.vendor()) as session:
        kept = list(session.scalars(select(Payment.reference)))
        acknowledged = {one for writer in writers for one in writer.acknowledged}
        assert acknowledged - set(kept) == set()
        assert len(kept) == len(set(kept))
        assert session.scalar(select(func.count(EarningEvent.id))) == len(kept)
        assert session.scalar(select(func.sum(Invoice.paid_minor))) == len(kept)
        assert ledger.check(session) == []
    engine.dispose()
    unheard = len(set(kept) - acknowledged)
    print(
        f"\nrow 26: {CRASHES} crashes and {CRASHES} times every backend ended:"
        f" {len(acknowledged)} acknowledged, none missing, none twice ({unheard} kept unheard);"
        f" {sum(writer.lost for writer in writers)} errors tried again;"
        f" serving after {', '.join(f'{one:.2f}' for one in served)} s"
    )
    assert at(1, served) <= GOAL_SECONDS
