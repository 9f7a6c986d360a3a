"""A full disk: said in words, nothing half done, and all is well when there is room again.

Here SQLite is allowed no more pages; on a real disk: pytest tests/drills --drills -k row_27.
"""

import errno
import io
import sqlite3

import pytest
from sqlalchemy import event, func, select

from models.audit import AuditEntry
from models.deals import Deal
from models.files import StoredFile

LETTER = b"%PDF-1.7\n" + b"% a letter\n" * 9000 + b"%%EOF\n"
SAID = "no room left on the server"


@pytest.fixture
def full(app):
    """full(True): the database may not grow; full(False): it may again."""
    limit = [2**30]

    def hold(connection, *_):
        if isinstance(connection.dbapi_connection, sqlite3.Connection):
            connection.dbapi_connection.execute(f"PRAGMA max_page_count = {limit[0]}")

    engine = app.extensions["engine"]
    event.listen(engine.pool, "checkout", lambda raw, record, proxy: hold(record))

    def set_to(is_full):
        limit[0] = 1 if is_full else 2**30  # no less than it has

    return set_to


def attach(client, deal_id):
    return client.post(
        f"/deals/{deal_id}/files", data={"files": (io.BytesIO(LETTER), "letter.pdf")}
    )


def test_an_upload_to_a_full_disk_is_told_and_works_when_there_is_room(a, session, sign_in, full):
    if session.get_bind().dialect.name != "sqlite":
        pytest.skip("PostgreSQL's disk is filled in the drill")
    partner = a.partner()
    seller = a.seller(partner)
    deal_id = a.draft(partner=partner, by=seller.actor()).id
    client = sign_in(seller)
    kept = session.scalar(select(func.count(AuditEntry.id)))
    session.commit()
    full(True)
    answer = attach(client, deal_id)
    assert answer.status_code == 507 and SAID in answer.text
    assert session.scalars(select(StoredFile)).all() == []
    assert session.scalar(select(func.count(AuditEntry.id))) == kept
    full(False)
    assert attach(client, deal_id).status_code == 303
    assert session.scalars(select(StoredFile.size)).all() == [len(LETTER)]
    assert session.scalar(select(func.count(Deal.id))) == 1


@pytest.mark.parametrize("number, code", [(errno.ENOSPC, 507), (errno.EIO, 500)])
def test_a_form_that_finds_no_room_on_this_machine_is_told_so(
    a, sign_in, monkeypatch, number, code
):
    def no_room(*_, **__):
        raise OSError(number, "No space left on device")

    a.programme()
    client = sign_in(a.seller(a.partner()))
    monkeypatch.setattr("portal.home.views.render_template", no_room)
    answer = client.get("/")
    assert answer.status_code == code and (SAID in answer.text) == (code == 507)
