"""The audit's chain: whoever changes the past by hand is found, and at which row."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import DBAPIError

from models import audit
from models import engine as engines
from models.audit import AuditEntry, AuditLink, Head
from models.audit.rules import MASK, NOTHING_BEFORE, canonical
from models.engine import for_writing
from models.partners import Partner
from models.people import Actor, Role
from models.scope import Scope, open_session, vendor_side

UNGUARD = {
    "sqlite": ["DROP TRIGGER audit_{0}_no_update", "DROP TRIGGER audit_{0}_no_delete"],
    "postgresql": ["ALTER TABLE audit_{0} DISABLE TRIGGER USER"],
}


@pytest.fixture
def by() -> Actor:
    return Actor(None, "Ada", "ada@example.com", Role.ADMINISTRATOR, None)


@pytest.fixture
def chain(session, by, now):
    """Five entries in two transactions; what is returned are their ids, in order."""
    for number in range(5):
        audit.record(session, by, f"step {number}", None, now=now, detail={"n": number})
        if number == 2:
            session.commit()
    session.commit()
    ids = list(session.scalars(select(AuditLink.entry_id).order_by(AuditLink.seq)))
    session.commit()
    return ids


@pytest.fixture
def owner(databases, database_url):
    """The session of whoever owns the tables; the portal's own role may not even try."""
    engine = engines.connect(databases.as_owner(database_url))
    with open_session(for_writing(engine), Scope.vendor()) as session:
        yield session
    engine.dispose()


def found(session, kept=()):
    session.expire_all()
    return [(fault.seq, fault.what.split(":")[0]) for fault in audit.faults(session, kept)]


def by_hand(session, *statements):
    """As somebody with a database's password would: the guards are taken away first."""
    name = session.get_bind().dialect.name
    for table in ("entry", "link", "anchor"):
        for statement in UNGUARD[name]:
            session.execute(text(statement.format(table)))
    if name == "sqlite":
        session.connection().exec_driver_sql("PRAGMA defer_foreign_keys=ON")
    for statement, values in statements:
        session.execute(text(statement), values)
    session.flush()


def name_of(session, entry_id):
    return entry_id.hex if session.get_bind().dialect.name == "sqlite" else entry_id


def test_a_chain_that_nobody_touched_holds(session, chain):
    assert found(session) == []
    links = session.scalars(select(AuditLink).order_by(AuditLink.seq)).all()
    assert [link.seq for link in links] == [1, 2, 3, 4, 5]
    assert links[0].prev == NOTHING_BEFORE
    first = session.get_one(AuditEntry, chain[0])
    line = f"{NOTHING_BEFORE}\n1\n{canonical(first)}"
    assert links[0].hash == hashlib.sha256(line.encode()).hexdigest()


def test_an_edited_entry_is_found(owner, chain):
    edit = "UPDATE audit_entry SET actor_name = 'Eve' WHERE id = :id"
    by_hand(owner, (edit, {"id": name_of(owner, chain[2])}))
    assert found(owner) == [(3, "edited")]


def test_an_edited_entry_with_its_hash_mended_is_found_at_the_next(owner, chain):
    edit = "UPDATE audit_entry SET actor_name = 'Eve' WHERE id = :id"
    by_hand(owner, (edit, {"id": name_of(owner, chain[2])}))
    owner.expire_all()
    prev = owner.scalar(select(AuditLink.prev).where(AuditLink.seq == 3))
    line = f"{prev}\n3\n{canonical(owner.get_one(AuditEntry, chain[2]))}"
    mended = hashlib.sha256(line.encode()).hexdigest()
    owner.execute(text("UPDATE audit_link SET hash = :hash WHERE seq = 3"), {"hash": mended})
    assert found(owner) == [(4, "does not follow the one before it")]


def test_a_deleted_entry_is_found(owner, chain):
    gone = {"id": name_of(owner, chain[1])}
    by_hand(
        owner,
        ("DELETE FROM audit_link WHERE entry_id = :id", gone),
        ("DELETE FROM audit_entry WHERE id = :id", gone),
    )
    assert found(owner) == [(2, "missing"), (3, "does not follow the one before it")]


def test_an_inserted_entry_is_found(owner, chain):
    copy = (
        "INSERT INTO audit_entry (id, at, actor_name, action, about_kind, detail)"
        " SELECT :new, at, actor_name, action, about_kind, detail FROM audit_entry WHERE id = :id"
    )
    new = "0" * 31 + "1" if owner.get_bind().dialect.name == "sqlite" else f"{1:032}"
    by_hand(owner, (copy, {"id": name_of(owner, chain[3]), "new": new}))
    assert found(owner) == [(0, "inserted")]


def test_two_swapped_entries_are_found(owner, chain):
    move = "UPDATE audit_link SET seq = :to WHERE seq = :at"
    by_hand(
        owner,
        (move, {"at": 2, "to": 99}),
        (move, {"at": 4, "to": 2}),
        (move, {"at": 99, "to": 4}),
    )
    assert {seq for seq, _what in found(owner)} >= {2, 4}


def test_a_tail_cut_off_is_found_by_what_was_kept_outside(owner, chain, now):
    kept = Head(5, owner.scalar(select(AuditLink.hash).where(AuditLink.seq == 5)))
    audit.anchor(owner, "the day", now=now)
    gone = {"id": name_of(owner, chain[4])}
    by_hand(
        owner,
        ("DELETE FROM audit_anchor", {}),
        ("DELETE FROM audit_link WHERE entry_id = :id", gone),
        ("DELETE FROM audit_entry WHERE id = :id", gone),
    )
    assert found(owner) == []  # the database alone cannot know
    assert found(owner, [kept]) == [(5, "cut off")]


def test_a_chain_written_anew_is_found_by_what_was_kept_outside(session, chain):
    kept = Head(5, "f" * 64)
    assert found(session, [kept]) == [(5, "rewritten")]


@pytest.mark.parametrize("table", ["audit_entry", "audit_link", "audit_anchor"])
def test_the_database_refuses_to_change_the_audit(session, chain, table, now):
    audit.anchor(session, "the day", now=now)
    session.commit()
    tries = [f"UPDATE {table} SET id = id", f"DELETE FROM {table}"]
    if session.get_bind().dialect.name == "postgresql":
        tries.append(f"TRUNCATE {table} CASCADE")
    for attempt in tries:
        with pytest.raises(DBAPIError):
            session.execute(text(attempt))
        session.rollback()


def test_what_a_savepoint_took_back_is_not_in_the_chain(session, by, now):
    audit.record(session, by, "kept", None, now=now)
    with pytest.raises(ZeroDivisionError), session.begin_nested():
        audit.record(session, by, "taken back", None, now=now)
        session.flush()
        raise ZeroDivisionError
    session.commit()
    assert session.scalars(select(AuditEntry.action)).all() == ["kept"]
    assert found(session) == []


def test_what_is_rolled_back_leaves_no_gap(session, by, now):
    audit.record(session, by, "gone", None, now=now)
    session.rollback()
    audit.record(session, by, "kept", None, now=now)
    session.commit()
    assert [*session.scalars(select(AuditLink.seq))] == [1]
    assert found(session) == []


def test_the_head_is_taken_after_everything_else_is_written(engine, by, now):
    """Whoever waits for the head holds all its rows, so two never wait for each other."""
    said = []
    with open_session(for_writing(engine), Scope.vendor()) as session:
        bind = session.get_bind()
        note = event.listens_for(bind, "before_cursor_execute")
        note(lambda _c, _cursor, sql, *_rest: said.append(" ".join(sql.split()[:3])))
        audit.record(session, by, "one", None, now=now)
        session.add(Partner(number="P-1", name="N", role="reseller", tier="silver",
            status="active", country="DE", currency="EUR", created_at=now))  # fmt: skip
        session.commit()
    assert [one for one in said if "INSERT" in one][-1] == "INSERT INTO audit_link"
    writes = [one for one in said if one.startswith("INSERT")]
    assert writes[:-1] and "audit_link" not in " ".join(writes[:-1])


def test_what_a_partner_does_is_in_the_same_chain_and_hidden_from_it(engine, session, a, by, now):
    partner = a.partner()
    session.commit()
    with open_session(for_writing(engine), Scope.partner(partner.id)) as own:
        audit.record(own, by, "own", None, now=now)
        with vendor_side(own) as beside:
            audit.record(beside, by, "beside", None, now=now)
        own.commit()
        assert own.scalars(select(AuditEntry.id)).all() == []
    actions = select(AuditEntry.action).join(AuditLink).order_by(AuditLink.seq)
    assert sorted(session.scalars(actions)) == ["beside", "own"]
    assert found(session) == []


def test_an_entry_says_what_changed_and_keeps_no_secret(session, a, by, now):
    person = a.finance()
    session.commit()
    person.name, person.password_hash = "Fay", "argon2…"
    audit.record(session, by, "renamed", person, now=now)
    session.commit()
    changed = session.scalar(select(AuditEntry.changed).where(AuditEntry.action == "renamed"))
    assert changed["name"][1] == "Fay"
    assert changed["password_hash"][1] == MASK


def test_who_looks_through_other_eyes_is_named_and_so_is_whose_they_are(session, by, now):
    audit.record(session, replace(by, name="Sal", visitor="Ada"), "looked", None, now=now)
    session.commit()
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.actor_name, entry.on_behalf_of) == ("Ada", "Sal")


def test_the_head_is_anchored_once(session, chain, now):
    assert audit.anchor(session, "the day", now=now).seq == 5
    session.flush()
    assert audit.anchor(session, "the day", now=now + timedelta(days=1)) is None
