"""Payout runs and the books from the command line; a second person releases in the portal."""

from __future__ import annotations

import json

import click

from models import payouts
from models.money import Money
from models.payouts.previews import skips_in
from models.payouts.queries import runs
from models.payouts.tables import PayoutRun, PayoutSkip
from models.people import SYSTEM
from portal.clock import now
from portal.database import reading, transaction
from portal.formats import money
from portal.payouts.rails import rails


@click.group("payouts", help="Pay what statements say is payable.")
def commands() -> None:
    pass


@commands.command()
@click.argument("month", metavar="YYYY-MM")
@click.argument("currency")
@click.option("--json", "as_json", is_flag=True, help="For a machine to read.")
def prepare(month: str, currency: str, as_json: bool) -> None:
    """Prepare a draft run up to a closed month, such as 2026-10 EUR.

    Nothing is promised until a person releases it in the portal.
    """
    with transaction() as session:
        run = payouts.prepare(session, month, currency.upper(), rails=rails(), by=SYSTEM, now=now())
        row = session.execute(runs().where(PayoutRun.id == run.id)).one()
        ordered = skips_in(run).order_by(PayoutSkip.why, PayoutSkip.id)
        left_out = session.execute(ordered).all()
    if as_json:
        skipped = [
            {"partner": skip.name, "why": skip.why, "reason": skip.reason} for skip in left_out
        ]
        facts = {"run": row.number, "payouts": row.count, "total_minor": int(row.total_minor)}
        click.echo(json.dumps(facts | {"currency": row.currency, "not_paid": skipped}))
        return
    total = money(Money(int(row.total_minor), row.currency))
    click.echo(f"Run {row.number}: {row.count} payouts, {total}. A second person releases it.")
    for skip in left_out:
        balance = money(skip.amount_minor, skip.amount_currency)
        click.echo(f"  not paid: {skip.name}, {balance}. {skip.reason}")


@click.group("ledger", help="The books.")
def ledger_commands() -> None:
    pass


@ledger_commands.command()
@click.option("--json", "as_json", is_flag=True, help="For a machine to read.")
@click.pass_context
def check(context: click.Context, as_json: bool) -> None:
    """Work out ledger, payouts and statements from one another.  Exit code 1 when they differ."""
    with reading() as session:
        found = payouts.check_books(session)
    if as_json:
        click.echo(json.dumps({"agree": not found, "found": found}))
    else:
        click.echo("\n".join(found) or "The books agree.")
    context.exit(1 if found else 0)
