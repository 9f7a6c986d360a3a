"""A backup made while others write is of one instant, and comes back as it was, row for row."""

import threading
from dataclasses import replace
from hashlib import sha256

import pytest
from sqlalchemy import func, select

from models import audit, migrations, schema
from models import engine as engines
from models.errors import Refused
from models.jobs import Job
from models.people import SignInAttempt
from models.scope import Scope, as_vendor, open_session
from portal import backing_up
from portal.backups import backup, forget_older, restore
from portal.settings import BadSetting


@pytest.fixture
def settings(app, databases, database_url):
    """Of a database that says its revision; PostgreSQL's is read by a role that may read all."""
    owner = engines.connect(databases.as_owner(database_url))
    say(owner, "CREATE TABLE alembic_version (version_num VARCHAR(32))")
    say(owner, f"INSERT INTO alembic_version VALUES ('{migrations.newest()}')")
    mighty = database_url.replace("portal_app@", "postgres@")
    yield replace(app.extensions["settings"], database_backup_url=mighty)
    say(owner, "DROP TABLE alembic_version")
    owner.dispose()


def say(engine, sql):
    with engines.for_writing(engine).begin() as connection:
        as_vendor(connection).exec_driver_sql(sql)


@pytest.fixture
def empty(databases, settings):
    """The settings of an empty database beside it."""
    url = databases.empty()
    yield replace(settings, database_url=url, database_owner_url=databases.as_owner(url))
    databases.drop(url)


def contents(url):
    """(rows, SHA-256 of them all) by table."""
    engine, told = engines.connect(url), {}
    with open_session(engine, Scope.vendor()) as session:
        for table in schema.metadata().sorted_tables:
            rows = sorted(str(tuple(row)) for row in session.connection().execute(select(table)))
            told[table.name] = (len(rows), sha256("\n".join(rows).encode()).hexdigest())
    engine.dispose()
    return told


def write_pairs(engine, now, stop):
    number = 0
    while not stop.is_set():
        with open_session(engines.for_writing(engine), Scope.vendor()) as session:
            for half in "ab":
                one = SignInAttempt(account=f"{number}", address=half, at=now, succeeded=False)
                session.add(one)
                session.flush()
            session.commit()
        number += 1


def test_what_was_written_meanwhile_is_in_it_whole_or_not_at_all(
    engine, session, a, now, settings, empty, tmp_path
):
    a.seller(a.partner())
    session.commit()
    stop = threading.Event()
    writer = threading.Thread(target=write_pairs, args=(engine, now, stop))
    writer.start()
    try:
        first = backup(engine, settings, tmp_path, at=now)
    finally:
        stop.set()
        writer.join()
    restored = restore(empty, tmp_path / first.file)
    assert restored.rows == first.rows
    other = engines.connect(empty.database_url)
    with open_session(other, Scope.vendor()) as theirs:
        pairs = theirs.execute(
            select(SignInAttempt.account, func.count()).group_by(SignInAttempt.account)
        ).all()
    other.dispose()
    assert {how_many for _, how_many in pairs} <= {2}
    assert sorted(int(number) for number, _ in pairs) == list(range(len(pairs)))
    with pytest.raises(Refused, match="is not empty"):
        restore(empty, tmp_path / first.file)


def test_a_restored_database_is_equal_row_for_row(
    engine, session, a, now, settings, empty, tmp_path, database_url
):
    a.won(value=10_000_00)
    session.commit()
    before = contents(database_url)
    kept = backup(engine, settings, tmp_path, at=now)
    restore(empty, tmp_path / kept.file)
    assert contents(empty.database_url) == before
    assert sum(rows for rows, _ in before.values()) == sum(kept.rows.values()) - 1  # its revision


def test_a_changed_file_a_lost_list_and_a_missing_folder_are_refused(
    engine, session, now, settings, empty, tmp_path
):
    session.commit()
    with pytest.raises(Refused, match="There is no folder"):
        backup(engine, settings, tmp_path / "none", at=now)
    kept = backup(engine, settings, tmp_path, at=now)
    file = tmp_path / kept.file
    assert file.stat().st_mode & 0o077 == 0
    content = file.read_bytes()
    file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(Refused, match="SHA-256"):
        restore(empty, file)
    (tmp_path / f"{kept.file}.json").unlink()
    with pytest.raises(Refused, match="no list"):
        restore(empty, file)


def test_of_old_backups_the_newest_stay(tmp_path):
    for day in range(1, 5):
        for end in (".sqlite", ".sqlite.json"):
            (tmp_path / f"counterpart-2026-11-0{day}-020000{end}").touch()
    (tmp_path / "somebody else's.sqlite").touch()
    assert len(forget_older(tmp_path, keep=2)) == 2
    left = sorted(one.name[:22] for one in tmp_path.iterdir() if one.suffix == ".sqlite")
    assert left == ["counterpart-2026-11-03", "counterpart-2026-11-04", "somebody else's.sqlite"]


def test_the_worker_backs_up_each_night_and_administrators_read_of_it(
    app, session, a, now, settings, tmp_path, sign_in
):
    a.vendor()
    client = sign_in(a.administrator())
    assert "backup" not in client.get("/worker").text
    folder = tmp_path / "backups"
    folder.mkdir()
    app.extensions["settings"] = replace(settings, backup_folder=str(folder))
    with app.app_context():
        for _ in range(2):
            backing_up.every_night(session, now)
        session.commit()
        assert "There is no backup yet" in client.get("/worker").text
        backing_up.nightly({})
    asked = session.scalars(select(Job.topic).where(Job.topic == backing_up.BACK_UP)).all()
    assert len(asked) == 1
    (file,) = folder.glob("*[!n]")
    told = audit.last_backup(session).detail
    assert told["file"] == file.name and told["rows"] > 1
    assert file.name in client.get("/worker").text


def test_a_folder_that_is_not_there_stops_the_start(settings, tmp_path):
    with pytest.raises(BadSetting, match="BACKUP_FOLDER"):
        replace(settings, backup_folder=str(tmp_path / "none")).check()
