"""Pages about people: a partner administrator's own, the vendor administrator's all."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from models import accounts, factors, federation, privileges, vendor
from models.errors import Refused
from models.partners import Partner, members
from models.partners.members import Choice
from models.people import Actor, Person, PersonStatus, Role
from models.scope import vendor_side
from portal import identity
from portal.agreeing import agreed
from portal.clock import now
from portal.database import session
from portal.paging import Key, page_of
from portal.people import requests, visiting
from portal.people.blueprint import pages
from portal.people.finding import person_or_404
from portal.people.forms import InviteForm, ResetForm, RoleForm, VisitForm, role_choices
from portal.permissions import Can, allow, everybody, may, staff
from portal.places import LOCALES
from portal.sealing import seal
from portal.sheets import Column, sheet_response

PAGES = (requests, visiting)
"""What stands in files of its own."""

SORTS = {"name": Person.name, "email": Person.email}

COLUMNS = [
    Column("Name", lambda row: row.name),
    Column("E-mail", lambda row: row.email),
    Column("Role", lambda row: accounts.ROLE_NAMES[row.role]),
    Column("Company", lambda row: row.company),
    Column("Status", lambda row: row.status.value),
    Column("Last signed in", lambda row: row.last_signed_in_at, "instant"),
]


@pages.get("")
@allow(Can.SEE_PEOPLE)
def index(person: Actor) -> str:
    chosen, sort = _chosen(person), _sort()
    with vendor_side(session) as own:
        to_confirm = privileges.counted(own, person, now=now())
    return render_template(
        "people/index.html",
        to_confirm=to_confirm,
        page=page_of(session, members.listed(chosen), _keys(sort)),
        total=members.counted(session, chosen),
        sort=sort,
        chosen=chosen,
        role_names=accounts.ROLE_NAMES,
        roles=[
            role for role in Role if not person.partner_id or role in accounts.grantable(person)
        ],
        statuses=list(PersonStatus),
        sees_all=person.partner_id is None,
    )


@pages.get("/export")
@allow(Can.SEE_PEOPLE, fresh=staff)
def export(person: Actor) -> Any:
    keys = [key.column.desc() if key.descending else key.column for key in _keys(_sort())]
    rows = session.execute(members.listed(_chosen(person)).order_by(*keys))
    return sheet_response(f"People {now():%Y-%m-%d}", COLUMNS, rows, request.args.get("as", ""))


@pages.get("/new")
@allow(Can.INVITE_PEOPLE)
def new(person: Actor) -> str:
    return _invite_page(person, InviteForm())


@pages.post("")
@allow(Can.INVITE_PEOPLE, fresh=everybody)
def invite(person: Actor) -> Any:
    form = InviteForm()
    form.role.choices = role_choices(person)
    said: list[str] = []
    if not agreed(
        form,
        lambda: said.append(_invite(person, form.email.data, form.name.data, form.role.data)),
    ):
        return _invite_page(person, form), 422
    flash(said[0])
    return redirect(url_for("people.index"), 303)


@pages.get("/<uuid:person_id>")
@allow(Can.SEE_PEOPLE, find=person_or_404)
def show(person: Actor, member: Person) -> str:
    form = RoleForm(obj=member)
    form.role.choices = role_choices(person)
    company = session.get(Partner, member.partner_id) if member.partner_id else None
    with vendor_side(session) as own:
        has_factor = bool(factors.held_by(own, member.id))
        is_known_outside = federation.comes_from_outside(own, member.id)
    return render_template(
        "people/show.html",
        has_factor=has_factor,
        can_forget=is_known_outside and may(person, Can.KEEP_PROVIDERS),
        reset_form=ResetForm(formdata=None),
        visit_form=VisitForm(formdata=None),
        can_visit=may(person, Can.VISIT) and member.partner_id is not None,
        member=member,
        company=company,
        role=accounts.ROLE_NAMES[member.role],
        locale=LOCALES.get(member.locale, member.locale),
        form=form,
        is_invited=member.status is PersonStatus.INVITED,
        has_left=member.status is PersonStatus.LEFT,
        can_change=_same_side(person, member),
        is_oneself=member.id == person.id,
        hands=url_for("routing.new_hands", person_id=member.id)
        if member.partner_id is None and may(person, Can.HAND_WORK_OVER)
        else None,
    )


@pages.post("/<uuid:person_id>/role")
@allow(Can.INVITE_PEOPLE, find=person_or_404, fresh=everybody)
def change_role(person: Actor, member: Person) -> Any:
    form = RoleForm()
    form.role.choices = role_choices(person)
    if not form.validate():
        raise Refused("Choose a role from the list.")
    flash(_change_role(person, member, form.role.data))
    return redirect(url_for("people.show", person_id=member.id), 303)


@pages.post("/<uuid:person_id>/invitation")
@allow(Can.INVITE_PEOPLE, find=person_or_404, fresh=everybody)
def invite_again(person: Actor, member: Person) -> Any:
    if member.status is PersonStatus.ACTIVE or not _same_side(person, member):
        raise Refused(f"{member.name} cannot be invited from here.")
    flash(_invite(person, member.email, member.name, member.role))
    return redirect(url_for("people.show", person_id=member.id), 303)


@pages.post("/<uuid:person_id>/deactivation")
@allow(Can.INVITE_PEOPLE, find=person_or_404)
def deactivate(person: Actor, member: Person) -> Any:
    name = member.name
    accounts.deactivate(session, member.id, by=person, now=now())
    flash(f"{name} can no longer sign in.")
    return redirect(url_for("people.index"), 303)


@pages.post("/<uuid:person_id>/sessions/ending")
@allow(Can.INVITE_PEOPLE, find=person_or_404, fresh=everybody)
def end_sessions(person: Actor, member: Person) -> Any:
    name = member.name
    accounts.end_sessions(session, member.id, by=person, now=now())
    flash(f"{name} is signed out everywhere.")
    return redirect(url_for("people.show", person_id=member.id), 303)


@pages.post("/sessions/ending")
@allow(Can.INVITE_PEOPLE, fresh=everybody)
def end_everybodys_sessions(person: Actor) -> Any:
    here = identity.session_asking()
    accounts.end_everybodys_sessions(session, by=person, but=here, now=now())
    flash("Everybody but you is signed out.")
    return redirect(url_for("people.index"), 303)


def _change_role(by: Actor, member: Person, role: Role) -> str:
    """What was done, in words: given, or asked of a second administrator."""
    name = accounts.ROLE_NAMES[role].lower()
    if role is member.role or not _needs_two(role):
        accounts.change_role(session, member.id, by=by, role=role, now=now())
        return f"{member.name} is now {name}."
    privileges.ask_role(session, member.id, by=by, role=role, now=now())
    return f"Asked. When another administrator agrees, {member.name} is {name}."


def _invite(by: Actor, email: str, name: str, role: Role) -> str:
    """What was done, in words: invited, or asked of a second administrator."""
    if by.partner_id is None:
        company = vendor.settings(session).name
    else:
        company = session.get_one(Partner, by.partner_id).name
    if by.partner_id is None and _needs_two(role):
        privileges.ask_invitation(session, by=by, email=email, name=name, role=role, now=now())
        return f"Asked. When another administrator agrees, {name} gets the invitation."
    accounts.invite(
        session,
        by=by,
        email=email,
        name=name,
        role=role,
        partner_id=by.partner_id,
        company=company,
        seal=seal(),
        now=now(),
    )
    return f"A link is on its way to {email}. It works for seven days; older ones no longer do."


def _needs_two(role: Role) -> bool:
    with vendor_side(session) as own:
        return accounts.needs_two(own, role)


def _same_side(by: Actor, member: Person) -> bool:
    """A vendor's administrator gives roles to staff; partners' people are their partner's."""
    return member.partner_id == by.partner_id


def _invite_page(person: Actor, form: InviteForm) -> str:
    form.role.choices = role_choices(person)
    return render_template("people/new.html", form=form)


def _chosen(person: Actor) -> Choice:
    given = request.args
    return Choice(
        text=given.get("q", "")[:100],
        partner_id=person.partner_id,
        role=given.get("role", type=Role),
        status=given.get("status", type=PersonStatus),
        staff_only=given.get("staff") == "1",
    )


def _sort() -> str:
    sort = request.args.get("sort", "name")
    return sort if sort.removeprefix("-") in SORTS else "name"


def _keys(sort: str) -> list[Key]:
    down = sort.startswith("-")
    return [Key(SORTS[sort.removeprefix("-")], down), Key(Person.id, down)]
