"""What can happen to a version before it is in force: one writes it, another decides."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session

from models import audit, notices
from models.base import lock
from models.calendars import local_day
from models.commissions import engine
from models.commissions.checks import findings
from models.commissions.draft_tables import MOVES, DraftState, PlanDraft, PlanDraftEvent
from models.commissions.drafts import seen_of
from models.commissions.operations.planning import add_version
from models.commissions.tables import CommissionLine, Plan, PlanVersion
from models.errors import Refused
from models.people import Actor, Person, PersonStatus, Role

DECIDE = (Role.FINANCE, Role.ADMINISTRATOR)
"""Whose people put versions into force."""


def begin_draft(
    session: Session,
    plan: Plan,
    *,
    rules: dict[str, Any],
    from_on: date,
    to_on: date | None = None,
    by: Actor,
    now: datetime,
) -> PlanDraft:
    """Nothing is rated by it.  Raises Refused naming the path of what is wrong in the rules."""
    _judge(plan, rules, from_on, to_on)
    draft = PlanDraft(
        plan_id=plan.id,
        from_on=from_on,
        to_on=to_on,
        rules=rules,
        author_id=by.id,
        author_name=by.name,
        editors=[str(by.id)] if by.id else [],
        created_at=now,
        changed_at=now,
    )
    session.add(draft)
    session.flush()
    _note(session, draft, "begin", by=by, now=now)
    return draft


def edit_draft(
    session: Session,
    draft: PlanDraft,
    *,
    rules: dict[str, Any],
    from_on: date,
    to_on: date | None,
    was: DraftState,
    by: Actor,
    now: datetime,
) -> None:
    """A change takes a proposal back, and an approval too, until the version begins.

    was: as whoever changes it has seen it.  Raises Refused when it was decided meanwhile.
    """
    lock(session, draft)
    if draft.state is not was:
        raise Refused(f"It is {draft.state.value} meanwhile. Open it anew, then change it.")
    plan = session.get_one(Plan, draft.plan_id)
    _judge(plan, rules, from_on, to_on)
    if (draft.rules, draft.from_on, draft.to_on) == (rules, from_on, to_on):
        return
    before = draft.state
    after = MOVES.after("edit", before)
    if before is DraftState.APPROVED:
        _tell_approver(session, draft, plan, by, now)
        _void(session, draft, plan, now)
    draft.state, draft.rules, draft.from_on, draft.to_on = after, rules, from_on, to_on
    _written(session, draft, before, by=by, now=now)


def touch_draft(session: Session, draft: PlanDraft, *, by: Actor, now: datetime) -> None:
    """The plan's frame, in which it is read, has changed: the same as writing on it."""
    lock(session, draft)
    before, draft.state = draft.state, MOVES.after("edit", draft.state)
    _written(session, draft, before, by=by, now=now)


def _written(
    session: Session, draft: PlanDraft, before: DraftState, *, by: Actor, now: datetime
) -> None:
    draft.author_id, draft.author_name, draft.changed_at = by.id, by.name, now
    if by.id:
        draft.editors = sorted({*draft.editors, str(by.id)})
    session.flush()
    _note(session, draft, "edit" if before is DraftState.DRAFT else "void", by=by, now=now)


def propose_draft(session: Session, draft: PlanDraft, *, by: Actor, now: datetime) -> None:
    """Ask for a second person.  Raises Refused while something must be mended."""
    if by.id is None:
        raise Refused("A person proposes a version, never the system.")
    lock(session, draft)
    plan = session.get_one(Plan, draft.plan_id)
    draft.state, draft.changed_at = MOVES.after("propose", draft.state), now
    _must_be_sound(session, plan, draft, now)
    draft.editors = sorted({*draft.editors, str(by.id)})
    draft.author_id, draft.author_name = by.id, by.name
    session.flush()
    _note(session, draft, "propose", by=by, now=now)
    title = f"{by.name} proposes a version of “{plan.name}”"
    body = f"In force from {draft.from_on:%d %B %Y}. Look at it, then approve it or send it back."
    for person_id in _others(session, draft.editors):
        notices.tell(
            session, person_id, "plan-proposed", title=title, body=body, link=_link(draft), now=now
        )


def approve_draft(
    session: Session, draft: PlanDraft, *, seen: str, by: Actor, now: datetime
) -> PlanVersion:
    """Put it into force.  `seen`: the hash on the page that was looked at."""
    lock(session, draft)
    after = MOVES.after("approve", draft.state)
    if by.id is None or str(by.id) in draft.editors:
        raise Refused("You wrote on this version, so a second person must approve it.")
    if seen_of(draft) != seen:
        raise Refused("This version has changed since you looked at it. Look again, then approve.")
    plan = session.get_one(Plan, draft.plan_id)
    _must_be_sound(session, plan, draft, now)
    ended = _open_ended(session, plan, draft.from_on)
    version = add_version(
        session,
        plan,
        rules=draft.rules,
        from_on=draft.from_on,
        to_on=draft.to_on,
        by=_author(session, draft),
        authors=draft.editors,
        approved_by=by,
        now=now,
    )
    draft.state, draft.approved_by_id, draft.version_id = after, by.id, version.id
    draft.ended_id, draft.changed_at = ended, now
    session.flush()
    _note(session, draft, "approve", by=by, now=now)
    _tell_author(session, draft, f"{by.name} approved your version of “{plan.name}”", now)
    return version


def send_back_draft(
    session: Session, draft: PlanDraft, *, reason: str, by: Actor, now: datetime
) -> None:
    lock(session, draft)
    if not reason.strip():
        raise Refused("Say why it goes back, so that its author can mend it.")
    draft.state, draft.changed_at = MOVES.after("send_back", draft.state), now
    session.flush()
    _note(session, draft, "send_back", by=by, now=now, note=reason.strip()[:1000])
    plan = session.get_one(Plan, draft.plan_id)
    title = f"{by.name} sent your version of “{plan.name}” back"
    _tell_author(session, draft, title, now, body=reason.strip())


def discard_draft(session: Session, draft: PlanDraft, *, by: Actor, now: datetime) -> None:
    lock(session, draft)
    draft.state, draft.changed_at = MOVES.after("discard", draft.state), now
    session.flush()
    _note(session, draft, "discard", by=by, now=now)


def _judge(plan: Plan, rules: dict[str, Any], from_on: date, to_on: date | None) -> None:
    engine.parse_rules(rules, plan.currency)
    if to_on is not None and to_on <= from_on:
        raise Refused("The version ends before it begins; give it a later last day.")


def _must_be_sound(session: Session, plan: Plan, draft: PlanDraft, now: datetime) -> None:
    today = local_day(now, plan.time_zone)
    found = findings(session, plan, draft.rules, draft.from_on, draft.to_on, today=today)
    stops = [one.text for one in found if one.stops]
    if stops:
        raise Refused(" ".join(stops))


def _void(session: Session, draft: PlanDraft, plan: Plan, now: datetime) -> None:
    """Take the version out again, as long as it has not begun."""
    version = session.get_one(PlanVersion, draft.version_id)
    has_lines = session.scalar(select(exists().where(CommissionLine.plan_version_id == version.id)))
    if version.from_on <= local_day(now, plan.time_zone) or has_lines:
        raise Refused(
            f"Version {version.number} is in force and never changes. Write a new version."
        )
    before = draft.ended_id and session.get(PlanVersion, draft.ended_id)
    draft.state, draft.approved_by_id = DraftState.DRAFT, None
    draft.version_id = draft.ended_id = None
    session.execute(
        update(PlanDraft)
        .where(PlanDraft.ended_id == version.id)
        .values(ended_id=before.id if before else None)
    )
    session.flush()
    session.delete(version)
    session.flush()
    if before and before.to_on == version.from_on:
        before.to_on = _next_begins(session, plan, version.from_on)
        session.flush()


def _next_begins(session: Session, plan: Plan, day: date) -> date | None:
    """When the first version after `day` begins."""
    return session.scalar(
        select(func.min(PlanVersion.from_on)).where(
            PlanVersion.plan_id == plan.id, PlanVersion.from_on > day
        )
    )


def _open_ended(session: Session, plan: Plan, from_on: date) -> UUID | None:
    """The version that has no end yet and will end where the new one begins."""
    return session.scalar(
        select(PlanVersion.id).where(
            PlanVersion.plan_id == plan.id,
            PlanVersion.to_on.is_(None),
            PlanVersion.from_on < from_on,
        )
    )


def _author(session: Session, draft: PlanDraft) -> Actor:
    """Who proposed it; the system stands for a file that a command has loaded."""
    assert draft.author_id is not None, "only a person proposes"
    return session.get_one(Person, draft.author_id).actor()


def _note(
    session: Session, draft: PlanDraft, verb: str, *, by: Actor, now: datetime, note: str = ""
) -> None:
    session.add(
        PlanDraftEvent(
            draft_id=draft.id, verb=verb, at=now, by_id=by.id, by_name=by.name, note=note
        )
    )
    detail = {"from": str(draft.from_on)} | ({"why": note} if note else {})
    audit.record(session, by, f"plan version: {verb}", draft, detail=detail, now=now)


def _others(session: Session, editors: list[Any]) -> list[UUID]:
    """Who may decide: finance and administrators who did not write on it."""
    asked = session.scalars(
        select(Person.id).where(Person.role.in_(DECIDE), Person.status == PersonStatus.ACTIVE)
    )
    return [person_id for person_id in asked if str(person_id) not in editors]


def _tell_author(
    session: Session, draft: PlanDraft, title: str, now: datetime, *, body: str = ""
) -> None:
    if draft.author_id is not None:
        said = body or f"It is in force from {draft.from_on:%d %B %Y}."
        notices.tell(
            session, draft.author_id, "plan-decided", title=title, body=said, link=_link(draft),
            now=now,
        )  # fmt: skip


def _tell_approver(
    session: Session, draft: PlanDraft, plan: Plan, by: Actor, now: datetime
) -> None:
    if draft.approved_by_id is not None and draft.approved_by_id != by.id:
        title = f"{by.name} has changed the version of “{plan.name}” that you approved"
        body = "It is a draft again, and rates nothing before it is approved once more."
        notices.tell(
            session, draft.approved_by_id, "plan-decided", title=title, body=body,
            link=_link(draft), now=now,
        )  # fmt: skip


def _link(draft: PlanDraft) -> str:
    return f"/plans/drafts/{draft.id}"
