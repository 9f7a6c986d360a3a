"""Commands about rating: what was not rated yet, and open months anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import click
from flask import current_app

from models import bulk, commissions
from models.commissions import MonthRerating, ReratingState, reratings
from models.commissions.rerating_tables import ReratingChange
from models.errors import Refused
from models.money import Money
from models.people import SYSTEM
from portal.clock import now
from portal.database import engine, reading, transaction
from portal.formats import plain_money

AT_ONCE = 10_000
"""About so many events in one transaction."""


def rate_in_parts(*, part: tuple[int, int] = (1, 1), hidden: bool = True) -> commissions.Caught:
    """Rate what was not rated yet, some partners after others, each in a transaction.

    part: (2, 4) for the second of four processes that rate side by side.
    """
    with reading() as session:
        ranges = commissions.slices(session, about=AT_ONCE, part=part)
    rated = problems = 0
    app = current_app._get_current_object()  # type: ignore[attr-defined]

    def rate(partners: commissions.Range) -> commissions.Caught:
        with app.app_context(), transaction() as session:
            return commissions.catch_up(session, now=now(), partners=partners)

    with click.progressbar(length=len(ranges), label="Rating", hidden=hidden or not ranges) as bar:
        for caught in bulk.each_part(engine(), rate, ranges):
            rated, problems = rated + caught.rated, problems + caught.problems
            bar.update(1)
    return commissions.Caught(rated, problems)


def release_in_parts(month: str) -> None:
    """Pay out what the close of this month pays out, some deals after others.

    Raises Refused when it is not a month.
    """
    released = 1
    while released:
        with transaction() as session:
            released = commissions.release_some(session, month, now=now())


class Part(click.ParamType):
    """Such as 2/4."""

    name = "K/N"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        try:
            which, parts = (int(number) for number in str(value).split("/"))
        except ValueError:
            self.fail(f"“{value}” is not a part; write it as 2/4.", param, ctx)
        if not 1 <= which <= parts:
            self.fail(f"“{value}”: the first number goes from 1 to the second.", param, ctx)
        return which, parts


@click.command("catch-up")
@click.option("--part", type=Part(), default="1/1", help="The second of four processes: 2/4.")
def catch_up(part: tuple[int, int]) -> None:
    """Rate every earning event that was not rated yet; say what could not be, and why.

    Some partners after others, each in a transaction: it may be killed and run again.
    """
    if part[0] > 1 and not _may_be_shared():
        click.echo("A plan remembers from one partner to another: part 1 rates everybody.")
    caught = rate_in_parts(part=part)
    click.echo(f"Rated {caught.rated}; {caught.problems} could not be rated.")


def _may_be_shared() -> bool:
    with reading() as session:
        return commissions.slicing.by_partner(session)


@click.command()
@click.argument("month")
@click.option("--preview", is_flag=True, help="Only say who would gain and who would lose.")
def rerate(month: str, preview: bool) -> None:
    """Rate the open MONTH (YYYY-MM), and those after it, anew by the plans as they are now.

    First it is tried, and who gains and who loses is said.  Some partners after others, each in
    a transaction: when it is killed, the worker goes on with it.
    """
    with transaction() as session:
        looked_id = commissions.look(session, month, by=SYSTEM, now=now()).id
    looked = _to_the_end(looked_id, commissions.look_some)
    with reading() as session:
        rows = session.execute(
            reratings.changes(looked_id).order_by(ReratingChange.size_minor.desc())
        )
        for row in rows:
            click.echo(_row(row))
    who = f"{looked.changed_count} partner{'' if looked.changed_count == 1 else 's'}"
    if preview:
        click.echo(f"{who} would have another amount; nothing was changed.")
        return
    with transaction() as session:
        asked = session.get_one(MonthRerating, looked_id)
        commissions.ask_rerate(session, asked, by=SYSTEM, now=now())
    done = _to_the_end(looked_id, commissions.rerate_some)
    if done.state is ReratingState.VOID:
        raise Refused("Not rated anew: something has changed meanwhile. Look again.")
    have = "has" if looked.changed_count == 1 else "have"
    click.echo(f"Rated {done.event_count} anew; {who} {have} another amount.")


def _to_the_end(rerating_id: UUID, some: Callable[..., bool]) -> MonthRerating:
    """What has become of it.  Raises Refused when it was."""
    more = True
    while more:
        with transaction() as session:
            more = some(session, session.get_one(MonthRerating, rerating_id), now=now())
    with reading() as session:
        found = session.get_one(MonthRerating, rerating_id)
    if found.state is ReratingState.REFUSED:
        raise Refused(found.why)
    return found


def _row(change: Any) -> str:
    def told(minor: int) -> str:
        return f"{plain_money(Money(minor, change.currency)):>14}"

    difference = told(change.difference_minor)
    return (
        f"{change.partner_name[:40]:<40} {told(change.before_minor)} to"
        f" {told(change.after_minor)} {change.currency}, difference {difference}"
    )
