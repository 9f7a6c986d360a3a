"""Commands about the audit: whether it holds, its head, and the lists a review asks for."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from sqlalchemy import Select

from models import audit
from models.audit import AuditLink, Choice
from models.errors import Refused
from models.people import Person
from portal.audit import heads
from portal.audit.accesses import everybody
from portal.audit.sheets import ACCESS, ENTRIES
from portal.clock import now
from portal.database import reading, transaction
from portal.sheets import write_csv


@click.group("audit", help="Whether the audit holds, and what reviews ask of it (as CSV).")
def commands() -> None:
    pass


@commands.command()
@click.option(
    "--heads", "kept", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A copy of the file of heads; the one of this installation when not given.",
)  # fmt: skip
@click.pass_context
def verify(context: click.Context, kept: Path | None) -> None:
    """Walk the whole chain and name every row that does not hold; then the exit code is 1."""
    outside, faults = heads.kept_outside(kept), 0
    with reading() as session:
        for fault in audit.faults(session, outside):
            faults += 1
            click.echo(f"No. {fault.seq or '-'}, entry {fault.entry_id or '-'}: {fault.what}.")
        head = audit.head(session)
    if head is not None and not faults:
        click.echo(f"The audit holds: {head.seq} entries, {len(outside)} heads kept outside.")
        click.echo(f"Its head is {head.hash}.")
    if faults:
        raise Refused(f"The audit does not hold in {faults} places.")


@commands.command()
def anchor() -> None:
    """Keep the head of the chain now: in the database and in the file outside."""
    with transaction() as session:
        kept = heads.keep(session, "by hand", now())
    click.echo(f"Kept in {heads.file()}: {kept.seq} {kept.hash}" if kept else "Kept already.")


@commands.command()
def access() -> None:
    """The review of accesses: everybody, their role, last sign-in, second factor, sessions."""
    with reading() as session:
        people = everybody().order_by(Person.name, Person.id)
        write_csv(sys.stdout.buffer, ACCESS, session.execute(people))


@commands.command()
def privileged() -> None:
    """What only few may do, and who did it."""
    _write(audit.privileged(Choice()))


@commands.command()
@click.argument("of", type=click.Choice(sorted(audit.HISTORIES)))
def history(of: str) -> None:
    """Every change of the plans, the rates, or the destinations."""
    _write(audit.history(of, Choice()))


def _write(query: Select) -> None:
    with reading() as session:
        rows = session.execute(query.order_by(AuditLink.seq).execution_options(yield_per=1000))
        write_csv(sys.stdout.buffer, ENTRIES, rows)
