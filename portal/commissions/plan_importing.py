"""A plan that comes as a file: a page and a command; and out again by command."""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask import flash, redirect, render_template, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import commissions
from models.commissions import Plan
from models.commissions.plan_files import read_plan, written_plan
from models.errors import Refused
from models.people import SYSTEM, Actor, Person, PersonStatus
from portal.agreeing import agreed
from portal.clock import now
from portal.commissions.blueprint import pages
from portal.commissions.forms import PlanFileForm
from portal.commissions.plan_shown import as_json
from portal.commissions.plans import Answer
from portal.database import reading, session, transaction
from portal.json_files import JSON_FILE
from portal.permissions import Can, allow


@pages.get("/plans/import")
@allow(Can.EDIT_PLAN)
def import_plan(_person: Actor) -> str:
    return render_template("commissions/import_plan.html", form=PlanFileForm())


@pages.post("/plans/import")
@allow(Can.EDIT_PLAN)
def load_plan(person: Actor) -> Answer:
    form = PlanFileForm()
    loaded: list[commissions.Loaded] = []
    if not agreed(
        form,
        lambda: loaded.append(commissions.load_plan(session, form.plan, by=person, now=now())),
    ):
        return render_template("commissions/import_plan.html", form=form), 422
    flash(in_words(loaded[0]))
    return redirect(url_for("commissions.plan", plan_id=loaded[0].plan.id), 303)


@click.group("plan")
def commands() -> None:
    """Bring a plan in as JSON, and take it out."""


@commands.command("import")
@click.argument("file", type=JSON_FILE)
@click.option("--by", "email", help="Whose drafts they are; without it they are the system's.")
def import_file(file: Path, email: str | None) -> None:
    """Load the plan in FILE (or the one under "plan" of a replay file) as drafts.

    Nothing is rated by them: in the portal one person proposes each, another approves it.
    """
    try:
        told = json.loads(file.read_text("utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise Refused(f"{file.name} is not JSON: {error}") from error
    with transaction() as own:
        by = person_called(own, email) if email else SYSTEM
        loaded = commissions.load_plan(own, read_plan(told), by=by, now=now())
        said = in_words(loaded)
    click.echo(said)


@commands.command("export")
@click.argument("name")
def export_plan(name: str) -> None:
    """Print the plan called NAME as JSON, with every version that is or was in force."""
    with reading() as own:
        plan = own.scalar(select(Plan).where(Plan.name == name))
        if plan is None:
            raise Refused(f"There is no plan “{name}”.")
        click.echo(as_json(written_plan(own, plan)))


def person_called(own: Session, email: str) -> Actor:
    """A member of staff who may write plans and close months.  Raises Refused."""
    person = own.scalar(select(Person).where(func.lower(Person.email) == email.lower()))
    if person is None or person.status is not PersonStatus.ACTIVE:
        raise Refused(f"Nobody with the address {email} is active here.")
    return person.actor()


def in_words(loaded: commissions.Loaded) -> str:
    count = len(loaded.drafts)
    said = f"“{loaded.plan.name}”: {count} draft{'' if count == 1 else 's'}"
    return f"{said}, {loaded.known} known already." if loaded.known else f"{said}."
