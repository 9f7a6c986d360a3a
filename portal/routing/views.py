"""Pages about routing: the log with its reasons, other hands, limits, a leaver's work."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import Row, Select, select
from werkzeug import Response

from models import deals, routing, territories
from models.deals import OPEN, Deal
from models.people import STAFF, Actor, Person, PersonStatus, Role
from models.routing import KINDS, RoutedFilter
from models.territories import ACTION_WORDS, RoutingLog
from portal import formats
from portal.agreeing import agreed
from portal.clock import now
from portal.database import session
from portal.formats import words
from portal.paging import Key, page_of
from portal.permissions import Can, allow, may, staff
from portal.routing.forms import DefaultsForm, LimitForm, RouteForm
from portal.routing.wording import COLUMNS, FACT_WORDS, NAMED, RULES
from portal.sheets import sheet_response

pages = Blueprint("routing", __name__, url_prefix="/routing")
Answer = Response | tuple[str, int] | str
LATEST_FIRST = [Key(RoutingLog.at, True), Key(RoutingLog.id, True)]
CHANNEL = (Role.CHANNEL_MANAGER, Role.ADMINISTRATOR)
SALES = (Role.SALES_MANAGER, Role.CHANNEL_MANAGER, Role.ADMINISTRATOR)
PAGES = {
    "deal": "deals.show", "application": "applications.show", "invoice": "sales.show",
    "lead": "leads.show", "pos_line": "sellthrough.line",
}  # fmt: skip


@pages.get("")
@allow(Can.SEE_ROUTING)
def index(person: Actor) -> str:
    query = _wanted(person)
    return render_template(
        "routing/index.html",
        page=page_of(session, query, LATEST_FIRST),
        count=routing.how_many(session, query),
        kinds=KINDS,
        rules=RULES,
        whose=_whose(person),
        may_change=may(person, Can.ROUTE),
        link_to=_link_to,
    )


@pages.get("/export")
@allow(Can.SEE_ROUTING, fresh=staff)
def export(person: Actor) -> Response:
    rows = session.execute(_wanted(person).order_by(RoutingLog.at.desc(), RoutingLog.id.desc()))
    return sheet_response("Routing", COLUMNS, rows, request.args.get("as", "csv"))


def log_or_404(_person: Actor, log_id: UUID) -> Row:
    return routing.one(session, log_id) or abort(404)


@pages.get("/<uuid:log_id>")
@allow(Can.SEE_ROUTING, find=log_or_404)
def show(_person: Actor, log: Row) -> str:
    return render_template(
        "routing/show.html",
        log=log,
        facts=_facts(log),
        kind=KINDS.get(log.about_kind, log.about_kind),
        rule=RULES.get(log.rule, log.rule or "Not kept"),
        action=ACTION_WORDS.get(log.action, ""),
        link=_link_to(log),
    )


def _facts(log: Row) -> list[tuple[str, str]]:
    """What was known, in words; what nobody knew is left out."""
    said = {name: text for name, text in log.facts.items() if text and text != "False"}
    for name, kind in NAMED.items():
        if name in said:
            try:
                found = session.scalar(select(kind.name).where(kind.id == UUID(said[name])))
            except ValueError:
                continue
            said[name] = found or said[name]
    return [(FACT_WORDS.get(name, words(name)), _said(name, text)) for name, text in said.items()]


def _said(name: str, text: str) -> str:
    if name == "on":
        return formats.day(date.fromisoformat(text))
    return "yes" if text == "True" else text


def deal_or_404(_person: Actor, deal_id: UUID) -> Deal:
    deal = session.get(Deal, deal_id)
    return deal if deal and deal.submitted_at is not None else abort(404)


@pages.get("/deals/<uuid:deal_id>")
@allow(Can.ROUTE, find=deal_or_404)
def new_route(_person: Actor, deal: Deal) -> str:
    form = _offered(RouteForm(formdata=None))
    form.channel_manager.data, form.sales_manager.data = (
        deal.channel_manager_id, deal.sales_manager_id
    )  # fmt: skip
    return _deal_page(deal, form)


@pages.post("/deals/<uuid:deal_id>")
@allow(Can.ROUTE, find=deal_or_404)
def route(person: Actor, deal: Deal) -> Answer:
    form = _offered(RouteForm())

    def do() -> None:
        deals.reroute(
            session, deal, channel_manager_id=form.channel_manager.data,
            sales_manager_id=form.sales_manager.data, reason=form.text.data, by=person, now=now(),
        )  # fmt: skip

    if not agreed(form, do):
        return _deal_page(deal, form), 422
    flash("Routed. Both are told, and so is the partner.")
    return redirect(url_for("deals.show", deal_id=deal.id), 303)


@pages.get("/limits")
@allow(Can.SEE_ROUTING)
def limits(person: Actor) -> str:
    return _limits_page(person, _with_people(LimitForm(formdata=None)))


@pages.post("/limits")
@allow(Can.ROUTE)
def set_limit(person: Actor) -> Answer:
    form = _with_people(LimitForm())
    if not form.validate():
        return _limits_page(person, form), 422
    most = form.most_open.data
    territories.set_limit(session, form.person.data, most, by=person, now=now())
    flash("Noted. It counts for what comes from now on.")
    return redirect(url_for("routing.limits"), 303)


@pages.post("/defaults")
@allow(Can.EDIT_PROGRAMME)
def set_defaults(person: Actor) -> Answer:
    form = _offered(DefaultsForm())

    def do() -> None:
        territories.set_defaults(
            session, channel_manager_id=form.channel_manager.data,
            sales_manager_id=form.sales_manager.data, by=person, now=now(),
        )  # fmt: skip

    if not agreed(form, do):
        return _limits_page(person, _with_people(LimitForm(formdata=None)), form), 422
    flash("Noted. It counts for what comes from now on.")
    return redirect(url_for("routing.limits"), 303)


def member_or_404(_person: Actor, person_id: UUID) -> Person:
    found = session.get(Person, person_id)
    return found if found and found.role in STAFF else abort(404)


@pages.get("/people/<uuid:person_id>")
@allow(Can.HAND_WORK_OVER, find=member_or_404)
def new_hands(_person: Actor, member: Person) -> str:
    return _hands_page(member, _offered(RouteForm(formdata=None), but_not=member.id))


@pages.post("/people/<uuid:person_id>")
@allow(Can.HAND_WORK_OVER, find=member_or_404)
def hand_over(person: Actor, member: Person) -> Answer:
    form = _offered(RouteForm(), but_not=member.id)
    handed: list[routing.Handed] = []

    def do() -> None:
        handed.append(
            routing.hand_work_over(
                session, member, channel_to=form.channel_manager.data,
                sales_to=form.sales_manager.data, reason=form.text.data, by=person, now=now(),
            )
        )  # fmt: skip

    if not agreed(form, do):
        return _hands_page(member, form), 422
    flash(f"Handed over: {handed[0].words}.")
    return redirect(url_for("people.show", person_id=member.id), 303)


def _wanted(person: Actor) -> Select:
    whose = _whose(person)
    return routing.routed(
        RoutedFilter(
            person_id=person.id if whose == "mine" else None,
            kind=request.args.get("kind", ""),
            by_default=whose == "default",
        )
    )


def _whose(person: Actor) -> str:
    usual = "all" if person.role is Role.ADMINISTRATOR else "mine"
    asked = request.args.get("whose", usual)
    return asked if asked in ("mine", "all", "default") else usual


def _link_to(row: Row) -> str | None:
    endpoint = PAGES.get(row.about_kind)
    return url_for(endpoint, **{f"{row.about_kind}_id": row.about_id}) if endpoint else None


def _staff(roles: tuple[Role, ...], but_not: UUID | None = None) -> dict[str, str]:
    query = (
        select(Person.id, Person.name)
        .where(Person.role.in_(roles), Person.status == PersonStatus.ACTIVE)
        .order_by(Person.name, Person.id)
    )
    found = {str(row.id): row.name for row in session.execute(query) if row.id != but_not}
    return {"": "Choose"} | found


def _offered(form: Any, *, but_not: UUID | None = None) -> Any:
    form.channel_manager.choices = _staff(CHANNEL, but_not)
    form.sales_manager.choices = _staff(SALES, but_not)
    return form


def _with_people(form: LimitForm) -> LimitForm:
    form.person.choices = _staff(SALES)
    return form


def _deal_page(deal: Deal, form: RouteForm) -> str:
    return render_template(
        "routing/deal.html",
        deal=deal,
        form=form,
        logs=list(session.execute(territories.routings_of("deal", deal.id))),
        is_open=deal.status in OPEN,
    )


def _limits_page(person: Actor, form: LimitForm, defaults: DefaultsForm | None = None) -> str:
    present = territories.defaults(session)
    said = {"channel_manager": present.channel_manager, "sales_manager": present.sales_manager}
    return render_template(
        "routing/limits.html",
        rows=list(session.execute(territories.listed_limits())),
        form=form,
        defaults=defaults or _offered(DefaultsForm(formdata=None, data=said)),
        may_change=may(person, Can.ROUTE),
        may_set_defaults=may(person, Can.EDIT_PROGRAMME),
    )


def _hands_page(member: Person, form: RouteForm) -> str:
    return render_template(
        "routing/hands.html", member=member, form=form, work=routing.work_of(session, member.id)
    )
