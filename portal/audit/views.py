"""The audit for administrators: what was done, who may get in, what few may do; and one's own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, render_template, request
from sqlalchemy import Select, func, select

from models import accounts, audit
from models.audit import AuditLink, Choice
from models.people import Actor, Person
from models.scope import vendor_side
from portal.audit import heads
from portal.audit.accesses import everybody
from portal.audit.sheets import ACCESS, ENTRIES
from portal.clock import now
from portal.database import session
from portal.paging import Key, page_of
from portal.permissions import Can, allow, staff
from portal.sheets import sheet_response
from portal.spans import first_instant, last_instant, read_day

pages = Blueprint("audit", __name__, url_prefix="/audit")

SHOWN_ANCHORS = 5
NEWEST = [Key(AuditLink.seq, descending=True)]


@pages.get("")
@allow(Can.SEE_AUDIT)
def index(person: Actor) -> str:
    chosen = _chosen()
    return render_template(
        "audit/index.html",
        page=page_of(session, audit.listed(chosen), NEWEST),
        chosen=chosen,
        kinds=audit.kinds(session),
        head=audit.head(session),
        anchors=audit.anchors(session, most=SHOWN_ANCHORS),
        file=heads.file().name,
    )


@pages.get("/export")
@allow(Can.SEE_AUDIT, fresh=staff)
def export(person: Actor) -> Any:
    return _sheet("Audit", audit.listed(_chosen()))


@pages.get("/entries/<uuid:entry_id>")
@allow(Can.SEE_AUDIT)
def show(person: Actor, entry_id: UUID) -> str:
    entry = audit.entry(session, entry_id) or abort(404)
    return render_template("audit/entry.html", entry=entry)


@pages.get("/privileged")
@allow(Can.SEE_AUDIT)
def privileged(person: Actor) -> str:
    chosen = _chosen()
    return render_template(
        "audit/list.html",
        title="What only few may do",
        lead="Roles, invitations, settings, plans, closes, payout runs, bank details, resets.",
        page=page_of(session, audit.privileged(chosen), NEWEST),
        chosen=chosen,
        export="audit.privileged_export",
        arguments={},
    )


@pages.get("/privileged/export")
@allow(Can.SEE_AUDIT, fresh=staff)
def privileged_export(person: Actor) -> Any:
    return _sheet("Privileged actions", audit.privileged(_chosen()))


@pages.get("/history/<word:of>")
@allow(Can.SEE_AUDIT)
def history(person: Actor, of: str) -> str:
    chosen = _chosen()
    return render_template(
        "audit/list.html",
        title=f"History of {_history(of)}",
        lead="Every change that was made, by whom, from what to what.",
        page=page_of(session, audit.history(of, chosen), NEWEST),
        chosen=chosen,
        export="audit.history_export",
        arguments={"of": of},
    )


@pages.get("/history/<word:of>/export")
@allow(Can.SEE_AUDIT, fresh=staff)
def history_export(person: Actor, of: str) -> Any:
    return _sheet(f"History of {_history(of)}", audit.history(of, _chosen()))


@pages.get("/access")
@allow(Can.SEE_AUDIT)
def access(person: Actor) -> str:
    people = everybody(staff_only=_staff_only())
    return render_template(
        "audit/access.html",
        page=page_of(session, people, [Key(Person.name), Key(Person.id)]),
        total=session.scalar(select(func.count()).select_from(people.subquery())),
        role_names=accounts.ROLE_NAMES,
        staff_only=_staff_only(),
    )


@pages.get("/access/export")
@allow(Can.SEE_AUDIT, fresh=staff)
def access_export(person: Actor) -> Any:
    people = everybody(staff_only=_staff_only()).order_by(Person.name, Person.id)
    name, kind = f"Access review {now():%Y-%m-%d}", request.args.get("as", "")
    return sheet_response(name, ACCESS, session.execute(people), kind)


@pages.get("/own")
@allow(Can.SEE_OWN_AUDIT)
def own(person: Actor) -> str:
    """What one's own people did, and what the vendor did here in their name."""
    assert person.partner_id is not None
    with vendor_side(session) as beside:
        people = beside.scalars(select(Person.id).where(Person.partner_id == person.partner_id))
        query = audit.of_people(person.partner_id, people.all())
        page = page_of(beside, query, NEWEST)
    return render_template("audit/own.html", page=page)


def _history(of: str) -> str:
    return of if of in audit.HISTORIES else abort(404)


def _sheet(name: str, query: Select) -> Any:
    rows = session.execute(query.order_by(AuditLink.seq.desc()).execution_options(yield_per=1000))
    return sheet_response(f"{name} {now():%Y-%m-%d}", ENTRIES, rows, request.args.get("as", ""))


def _staff_only() -> bool:
    return request.args.get("staff") == "1"


def _chosen() -> Choice:
    given = request.args
    return Choice(
        who=given.get("who", "")[:100],
        action=given.get("did", "")[:80],
        kind=given.get("kind", "")[:40],
        since=first_instant(read_day(given.get("from"))),
        until=last_instant(read_day(given.get("to"))),
    )
