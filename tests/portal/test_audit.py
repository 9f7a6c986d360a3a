"""The audit's pages and commands, and the entry that every request leaves."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from models import audit, federation, provisioning
from models import engine as engines
from models.audit import AuditEntry, AuditLink
from models.notices import Notice
from models.people import Role, UserSession
from models.scope import as_vendor
from models.sealing import Seal
from portal.audit import heads
from portal.command_line import portal
from portal.database import READS
from portal.permissions import may
from tests.conftest import SEALING_KEY


@pytest.fixture
def administrator(a, sign_in):
    a.vendor()
    person = a.administrator()
    return sign_in(person)


@pytest.fixture
def run(app, session):
    """run("audit", "verify") as on a command line."""

    def command(*words):
        session.commit()
        with app.app_context():
            return app.test_cli_runner().invoke(portal, list(words))

    return command


def actions(session):
    return session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()


WITHOUT_TOKEN = ("provisioning", 401)
"""Whoever knocks at the directories' door without a token must not be able to fill the audit."""


SIGNS_ALL_OUT = "people.end_everybodys_sessions"


def test_every_change_that_is_asked_for_leaves_an_entry(app, session, a, sign_in):
    a.vendor()
    partner = a.partner()
    people = [
        a.person(role=role, partner=partner) for role in (Role.SELLER, Role.PARTNER_ADMINISTRATOR)
    ]
    people += [a.administrator(), a.manager(), a.sales_manager(), a.finance()]
    session.commit()
    clients = {person: sign_in(person) for person in people}
    silent = []
    for rule, method in _changes(app):
        permission = app.view_functions[rule.endpoint].permission
        who = next(one for one in people if permission is None or may(one.actor(), permission))
        client = app.test_client() if permission is None else clients[who]
        if rule.endpoint == "signin.destroy":
            client = sign_in(who)
        ids = {name: _some(kind) for name, kind in rule._converters.items()}
        path = app.url_map.bind("localhost").build(rule.endpoint, ids, method=method)
        before = session.scalar(select(func.count(AuditEntry.id)))
        status = client.open(path, method=method).status_code
        session.rollback()
        is_silent = session.scalar(select(func.count(AuditEntry.id))) == before
        if is_silent and (rule.endpoint.split(".")[0], status) != WITHOUT_TOKEN:
            silent.append((rule.endpoint, method, status))
    assert silent == []
    assert list(audit.faults(session)) == []


def test_whatever_a_directory_wants_changed_leaves_an_entry(app, client, session, a, now):
    """With its token, done or refused; a search only looks."""
    a.vendor()
    kim = a.administrator().actor()
    provider = federation.arrange(
        session, None, by=kim, partner_id=a.partner().id, name="Login", now=now,
        issuer="https://login.example", client_id="x", client_secret="y", groups_claim="groups",
        groups={}, is_only_way=False, seal=Seal(SEALING_KEY),
    )  # fmt: skip
    token = provisioning.new_token(session, provider, name="t", may_write=True, by=kim, now=now)
    session.commit()
    silent, sent = [], 0
    for rule, method in _changes(app):
        if not rule.rule.startswith("/scim/") or "search" in rule.endpoint:
            continue
        ids = {name: _some(kind) for name, kind in rule._converters.items()}
        path = app.url_map.bind("localhost").build(rule.endpoint, ids, method=method)
        before = session.scalar(select(func.count(AuditEntry.id)))
        heard = {"Authorization": f"Bearer {token}"}
        status = client.open(path, method=method, json={}, headers=heard).status_code
        session.rollback()
        sent += 1
        if session.scalar(select(func.count(AuditEntry.id))) == before:
            silent.append((rule.rule, method, status))
    assert silent == [] and sent > 6


def _changes(app):
    """(rule, method) of whatever changes something, a directory's PUT, PATCH and DELETE too."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: one.endpoint == SIGNS_ALL_OUT):
        for method in sorted(rule.methods - READS):
            yield rule, method


def _some(kind):
    name = type(kind).__name__
    if name == "UUIDConverter":
        return uuid4()
    return {"IntegerConverter": 1, "MonthConverter": "2026-10", "WordConverter": "x"}.get(name, "x")


def test_a_refused_sign_in_is_kept_with_what_was_typed(client, session, a):
    a.vendor()
    client.post("/sign-in", data={"email": "eve@example.com", "password": "wrong"})
    entry = session.scalars(select(AuditEntry)).one()
    assert entry.action.startswith("refused: signin")
    assert entry.detail["email"] == "eve@example.com"
    assert (entry.actor_id, entry.address) == (None, "127.0.0.1")
    assert "wrong" not in str(entry.detail)


def test_what_is_forbidden_is_kept_with_who_tried(session, a, sign_in):
    a.vendor()
    seller = a.seller()
    sign_in(seller).post("/people", data={"name": "X"})
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.actor_id, entry.action) == (seller.id, "refused: people: invite")
    assert entry.detail["status"] == 403


def test_looking_leaves_nothing(session, administrator):
    administrator.get("/audit")
    assert actions(session) == []


def test_an_entry_says_from_where_and_in_which_session(session, administrator):
    administrator.post(
        "/people", data={"name": "N", "email": "n@example.com", "role": "sales_manager"}
    )
    entry = session.scalars(select(AuditEntry)).one()
    assert entry.action == "person invited"
    assert entry.address == "127.0.0.1"
    assert entry.session_id is not None and entry.request_id is not None


def test_the_page_narrows_and_its_file_holds_the_same(session, administrator, a, now):
    for name in ("role changed", "price set", "programme changed"):
        audit.record(session, a.administrator().actor(), name, None, now=now)
    session.commit()
    page = administrator.get("/audit?did=price").text
    assert "price set" in page and "role changed" not in page
    sheet = administrator.get("/audit/export?as=csv&did=price").text
    assert "price set" in sheet and "role changed" not in sheet
    opened = re.search(r'href="(/audit/entries/[^"]+)">price set', page)[1]
    entry = administrator.get(opened).text
    assert session.scalars(select(AuditLink.hash)).all()[1] in entry and "price set" in entry
    assert administrator.get(f"/audit/entries/{uuid4()}").status_code == 404
    few = administrator.get("/audit/privileged").text
    assert "role changed" in few and "price set" not in few
    assert administrator.get("/audit?from=2026-12-01").text.count("price set") == 0
    assert administrator.get("/audit/history/nothing").status_code == 404


def test_the_review_of_accesses_counts_no_session_that_ran_out(
    session, administrator, a, sign_in, now
):
    seller = a.person(name="Sal Seller")
    sign_in(seller)
    for hours, minutes in ((13, 0), (2, 31), (1, 29)):
        session.add(
            UserSession(
                person_id=seller.id, token_hash=f"{hours}", address="", browser="",
                created_at=now - timedelta(hours=hours),
                last_seen_at=now - timedelta(minutes=minutes),
            )
        )  # fmt: skip
    page = administrator.get("/audit/access/export?as=csv").text
    line = next(line for line in page.splitlines() if "Sal Seller" in line)
    assert line.rstrip().endswith(",2")


def test_the_review_of_accesses_shows_role_last_sign_in_and_factor(session, administrator, a):
    seller = a.seller(name="Sal Seller")
    page = administrator.get("/audit/access").text
    assert "Sal Seller" in page and "Second factor" in page
    assert "Sal Seller" not in administrator.get("/audit/access?staff=1").text
    assert seller.email in administrator.get("/audit/access/export?as=csv").text


def test_a_partner_sees_what_its_own_people_did_and_nothing_else(session, a, sign_in, now):
    a.vendor()
    mine, theirs = a.partner(), a.partner()
    head = a.person(role=Role.PARTNER_ADMINISTRATOR, partner=mine)
    other, staff = a.seller(theirs), a.finance()
    for who, what in ((head, "own deed"), (other, "rival deed"), (staff, "vendor deed")):
        audit.record(session, who.actor(), what, mine if who is staff else who, now=now)
    session.commit()
    page = sign_in(head).get("/audit/own").text
    assert "own deed" in page
    assert "rival deed" not in page and "vendor deed" not in page
    assert sign_in(head).get("/audit").status_code == 403
    assert sign_in(a.seller(mine)).get("/audit/own").status_code == 403


def test_verify_says_that_it_holds_and_names_the_row_that_does_not(
    session, run, a, now, databases, database_url
):
    for number in range(3):
        audit.record(session, a.administrator().actor(), f"step {number}", None, now=now)
    assert run("audit", "anchor").output.startswith("Kept in ")
    held = run("audit", "verify")
    assert held.exit_code == 0 and "holds: 3 entries, 1 heads" in held.output
    session.commit()
    by_hand = engines.connect(databases.as_owner(database_url))
    with by_hand.begin() as connection:
        unguarded = {
            "sqlite": "DROP TRIGGER audit_entry_no_update",
            "postgresql": "ALTER TABLE audit_entry DISABLE TRIGGER USER",
        }
        as_vendor(connection).execute(text(unguarded[by_hand.dialect.name]))
        edit = "UPDATE audit_entry SET actor_name = 'Eve' WHERE action = 'step 1'"
        connection.execute(text(edit))
    by_hand.dispose()
    broken = run("audit", "verify")
    assert broken.exit_code == 1
    assert "No. 2" in broken.output and "edited" in broken.output


def test_the_worker_keeps_the_head_once_a_day_and_when_a_month_is_closed(session, app, a, now):
    by = a.administrator().actor()
    audit.record(session, by, "one", None, now=now)
    session.commit()
    object.__setattr__(app.extensions["settings"], "audit_heads_mail", "a@x.test, b@x.test")
    with app.app_context():
        for action in ("two", "month closed", "three"):
            heads.keep_when_due(session, now)
            session.commit()
            audit.record(session, by, action, None, now=now)
            session.commit()
        heads.keep_when_due(session, now)
        kept = heads.kept_outside()
        assert [head.seq for head in kept] == [1, 3]
        mails = session.scalars(select(Notice).where(Notice.kind == "audit-head")).all()
        assert {mail.email for mail in mails} == {"a@x.test", "b@x.test"} and len(mails) == 4
        assert all(any(head.hash in mail.body for head in kept) for mail in mails)
    object.__setattr__(app.extensions["settings"], "audit_heads_mail", "")
    with app.app_context():
        session.commit()


def test_the_lists_of_a_review_come_by_one_command_each(run, session, a, now):
    a.vendor()
    audit.record(session, a.finance().actor(), "role changed", None, now=now)
    assert "role changed" in run("audit", "privileged").output
    assert "Second factor" in run("audit", "access").output
    assert run("audit", "history", "plans").exit_code == 0
