"""Row 27: the disk fills in the middle of an upload, of a registration and of a close."""

import io
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import func, select

from models import commissions, payouts
from models import engine as engines
from models.commissions import CommissionLine, Statement
from models.deals import Deal, DealEvent
from models.files import StoredFile
from models.people import SYSTEM
from models.scope import Scope, open_session
from tests.channel import customer
from tests.databases import OWNER, Sqlite

MEGABYTES = 8
PAPER = b"%PDF-1.7\n" + os.urandom(2_500_000).hex().encode()[:2_500_000] + b"\n%%EOF\n"
LEFT_KILOBYTES = (0, 8, 40, 200)
"""What is left when it begins: it stops in another place each time."""
SMALL = ("stored_file", "deal", "deal_event", "commission_line", "statement", "posting_line")
"""On PostgreSQL these tables are on the small disk."""
SAID = "no room left on the server"


class Disk:
    """A small one, and a file on it that takes the room away."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.filler = folder, folder / "filler"

    def leave(self, kilobytes: int) -> None:
        self.clear()
        free = shutil.disk_usage(self.folder).free - kilobytes * 1024
        self.filler.write_bytes(bytes(max(0, free)))

    def clear(self) -> None:
        self.filler.unlink(missing_ok=True)


@pytest.fixture
def disk(tmp_path):
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("a small disk needs the right to mount one")
    yield Disk(folder)
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def database_url(databases, disk):
    """A database on the small disk."""
    if isinstance(databases, Sqlite):
        file = disk.folder / "small.sqlite"
        shutil.copyfile(databases._file("template"), file)
        yield f"sqlite:///{file}"
        return
    url = databases.fresh()
    name = url.rsplit("/", 1)[1]
    place = disk.folder / "tables"
    place.mkdir()
    shutil.chown(place, "postgres", "postgres")
    for above in place.parents:
        above.chmod(above.stat().st_mode | 0o011)
    databases._say(f"CREATE TABLESPACE small OWNER {OWNER} LOCATION '{place}'")
    for table in SMALL:
        databases._say(f"ALTER TABLE {table} SET TABLESPACE small", name)
    yield url
    databases.given.pop(name, None)
    databases._say(f"DROP DATABASE {name} WITH (FORCE)")
    databases._say("DROP TABLESPACE small")


@pytest.fixture
def counted(database_url):
    """How many rows each of these tables has."""

    def counted(*tables):
        engine = engines.connect(database_url)
        with open_session(engine, Scope.vendor()) as session:
            told = [session.scalar(select(func.count()).select_from(one)) for one in tables]
        engine.dispose()
        return told

    return counted


def attempts(disk, act, is_done, count):
    """Try with little room, less each time; then with room.  What was told."""
    told = []
    for left in sorted(LEFT_KILOBYTES):
        before = count()
        disk.leave(left)
        answer = act()
        disk.clear()
        if is_done(answer):
            assert count() != before, (answer.status_code, answer.headers.get("Location"))
            return [*told, "done"]
        assert count() == before, f"half done with {left} kB"
        told.append(f"{answer.status_code}")
        assert answer.status_code == 507 and SAID in answer.text
    answer = act()
    assert is_done(answer), answer.status_code
    return [*told, "done"]


def test_row_27_an_upload_stops_and_comes_when_there_is_room(a, session, sign_in, disk, counted):
    partner = a.partner()
    seller = a.seller(partner)
    deal_id = a.draft(partner=partner, by=seller.actor()).id
    client = sign_in(seller)
    told = attempts(
        disk,
        lambda: client.post(
            f"/deals/{deal_id}/files", data={"files": (io.BytesIO(PAPER), "paper.pdf")}
        ),
        lambda answer: answer.status_code == 303,
        lambda: counted(StoredFile),
    )
    assert session.scalars(select(StoredFile.size)).all() == [len(PAPER)]
    print(f"\nrow 27, upload: {told}")


def test_row_27_a_registration_is_whole_or_not_there(a, session, sign_in, disk, counted):
    a.programme().minimum_deal_minor = 0
    product, partner = a.sold(), a.partner()
    client = sign_in(a.seller(partner))
    head = (
        "customer,country,sku,quantity,unit_price,expected_order,problem,contact_name,contact_email"
    )
    problem = "Couriers lose an hour a day because the old cargo bikes break down. "
    rows = [
        f"{customer(n)},DE,{product.sku},1,900.00,2027-02-28,{problem},Ruth,ruth@example.com"
        for n in range(40)
    ]
    content = "\n".join([head, *rows, ""]).encode()
    told = attempts(
        disk,
        lambda: client.post("/deals/files", data={"file": (io.BytesIO(content), "deals.csv")}),
        lambda answer: answer.status_code == 303,
        lambda: counted(Deal, DealEvent),
    )
    assert session.scalar(select(func.count(Deal.id))) == 40
    print(f"\nrow 27, 40 registrations of a file: {told}")


# PostgreSQL's driver complains of a cursor that was open when the disk was full
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_row_27_a_close_goes_on_where_it_was(a, session, app, disk, counted, now):
    a.plan()
    for number in range(60):
        a.payment(a.invoice(net=1_000_00, number=f"INV-{number}"))
    session.commit()
    told = []
    for left in sorted(LEFT_KILOBYTES):
        disk.leave(left)
        try:
            close(session.get_bind(), now)
            told.append("done")
        except Exception as error:
            assert engines.has_no_room(getattr(error, "orig", None)), error
            told.append("no room")
        disk.clear()
        lines, stated = counted(CommissionLine, Statement)
        assert (lines, stated) in ((0, 0), (60, 60))
    close(session.get_bind(), now)
    assert counted(CommissionLine, Statement) == [60, 60]
    assert payouts.check_books(session) == []
    print(f"\nrow 27, close of 60 partners: {told}")


def close(engine, now):
    with open_session(engines.for_writing(engine), Scope.vendor()) as session:
        commissions.close_month(session, "2026-11", by=SYSTEM, now=now, early=True)
        session.commit()
