"""Commands about commissions: try a plan, close a month, explain a line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models import commissions
from models import engine as engines
from models.commissions import CommissionLine, MonthClose, words
from models.commissions.replay import replay as replayed
from models.commissions.telling import versions_of
from models.errors import Refused
from models.schema import metadata
from models.scope import Scope, open_session
from portal.clock import now
from portal.commissions.closing import state_some
from portal.commissions.plan_importing import commands as plan_commands
from portal.commissions.plan_importing import person_called
from portal.commissions.rating import catch_up, rate_in_parts, release_in_parts, rerate
from portal.database import reading, transaction
from portal.formats import plain_money
from portal.json_files import JSON_FILE, answers, say


@click.group("commissions", help="Try a plan, close a month, explain a line.")
def commands() -> None:
    pass


commands.add_command(catch_up)
commands.add_command(rerate)


commands.add_command(plan_commands)


@commands.command("replay")
@click.argument("file", type=JSON_FILE)
@click.pass_context
def replay_file(context: click.Context, file: Path) -> None:
    """Run the plan, deals and events of FILE and print lines, statements and totals as JSON.

    Nothing is kept: it runs in a database of its own.  A FILE with "cases" is answered by
    case id.  Exit code 1 when a case cannot be run; its answer then says why.
    """
    engine = _scratch()
    told = answers(file, lambda case: _case(engine, case))
    say(told)
    failed = any("error" in one for one in (told, *told.values()))
    context.exit(1 if failed else 0)


@commands.command()
@click.argument("month")
@click.option("--confirmed-by", "email", help="Address of the person who confirms the close.")
@click.option("--reason", default="", help="Why it is closed by command.")
@click.option("--early", is_flag=True, help="Close it although it has not ended.")
@click.option("--json", "as_json", is_flag=True, help="For a machine to read.")
def close(month: str, email: str | None, reason: str, early: bool, as_json: bool) -> None:
    """State the partners of MONTH (YYYY-MM), which two people have agreed to close.

    A close that was confirmed in the portal goes on where it is.  Without one, name who
    confirms it and why: the command stands for the person who proposes.  One transaction for
    each batch of partners: it may be killed and run again.  Closing a closed month changes
    nothing.
    """
    rate_in_parts(hidden=as_json)
    release_in_parts(month)
    with transaction() as session:
        begun = _agreed(session, month, email, reason, early)
        close_id, left = begun.id, begun.partner_count - begun.stated_count
    with click.progressbar(length=max(left, 1), label=f"Closing {month}", hidden=as_json) as bar:
        while done := state_some(close_id):
            bar.update(done)
    with reading() as session:
        closed = session.get_one(MonthClose, close_id)
        told = {
            "month": closed.month,
            "statements_for_partners": closed.stated_count,
            "finished_at": closed.finished_at and closed.finished_at.isoformat(),
        }
    if as_json:
        click.echo(json.dumps(told))
    else:
        click.echo(f"{month} is closed; {told['statements_for_partners']} partners are stated.")


@commands.command()
@click.argument("line")
@click.option("--json", "as_json", is_flag=True, help="The working as it is kept.")
def explain(line: str, as_json: bool) -> None:
    """Print how LINE (such as L-4K7QXMP) was worked out."""
    with reading() as session:
        found = commissions.queries.line_numbered(session, line)
        if found is None:
            raise Refused(f"There is no commission line {line}.")
        if as_json:
            click.echo(json.dumps(_kept(found), indent=1, ensure_ascii=False))
            return
        _print_sum(session, found)


def _agreed(
    session: Session, month: str, email: str | None, reason: str, early: bool
) -> MonthClose:
    known = commissions.months.month(session, month).close
    if known is not None:
        return known
    if email is None:
        raise Refused(
            f"Nobody has confirmed to close {month}. Confirm it on the page of the month, or "
            "name who confirms it with --confirmed-by and say why with --reason."
        )
    by = person_called(session, email)
    return commissions.close_by_command(
        session, month, confirmed_by=by, reason=reason, early=early, now=now()
    )


def _print_sum(session: Session, line: CommissionLine) -> None:
    def shown(amount: Any) -> str:
        return f"{plain_money(amount)} {amount.currency}"

    versions = versions_of(session, [line])
    click.echo(f"{line.number}  {words.name_of(line.code)}  {line.on}  {shown(line.payout)}")
    for step in words.steps(line.code, line.working, line.amount, line.payout, shown):
        click.echo(f"  {step.label:<70} {shown(step.amount) if step.amount else '':>18}".rstrip())
    click.echo(f"  {words.footnote(line.working, versions[line.plan_version_id])}")
    for earlier in commissions.queries.corrected(session, line.corrects):
        click.echo(f"  Corrects {earlier.number} of {earlier.period}.")


def _kept(line: CommissionLine) -> dict[str, Any]:
    return {
        "line": line.number,
        "period": line.period,
        "code": line.code.value,
        "amount": plain_money(line.amount),
        "currency": line.currency,
        "payout_amount": plain_money(line.payout),
        "payout_currency": line.payout_currency,
        "working": line.working,
        "corrects": line.corrects,
    }


def _scratch() -> Engine:
    """A database in memory that has every table and nothing in it."""
    engine = engines.connect("sqlite://")
    metadata().create_all(engine)
    return engine


def _case(engine: Engine, case: dict[str, Any]) -> dict[str, Any]:
    """Run in a transaction that is given up, so that the next case finds nothing."""
    with open_session(engines.for_writing(engine), Scope.vendor()) as session:
        try:
            return replayed(session, case)
        except Refused as refusal:
            return {"error": str(refusal)}
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            return {"error": f"The case is not in the format of a replay: {error!r}."}
        finally:
            session.rollback()
