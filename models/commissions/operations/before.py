"""The lines that events had before they were rated anew: what they were called, and where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import bulk
from models.commissions.earning import Earning
from models.commissions.engine import Code, Event, Line
from models.commissions.engine.state import Deal
from models.commissions.tables import CommissionLine


class Known(NamedTuple):
    id: str
    period: str


Place = tuple[str, str]
"""(partner, code)."""


class Before:
    """month: the first that is rated anew; lines of earlier months stand for ever."""

    def __init__(self, session: Session, month: str) -> None:
        self._session, self._month = session, month
        self._lines: dict[str, dict[Place, list[Known]]] = {}
        self._periods: dict[str, str] = {}
        self._asked: list[str] = []
        self._known: Sequence[Any] = ()

    def read(self, rows: Sequence[Earning]) -> None:
        """What these events had, which is then taken away as far as it is open.

        Asked once more for the same events, it tells the same.
        """
        asked = [row.id for row in rows]
        if asked != self._asked:
            self._asked, self._known = asked, self._taken(asked)
        self._lines, self._periods = {}, {}
        for source, partner, code, line_id, period in self._known:
            of_event = self._lines.setdefault(source, {})
            of_event.setdefault((partner, code), []).append(Known(line_id, period))
            if code is not Code.HOLDBACK_RELEASE:
                self._periods[source] = period

    def _taken(self, source_ids: Sequence[str]) -> Sequence[Any]:
        theirs = bulk.among(self._session, CommissionLine.source_id, source_ids)
        known = self._session.execute(
            select(
                bulk.hex_id(CommissionLine.source_id),
                bulk.hex_id(CommissionLine.partner_id),
                CommissionLine.code,
                bulk.hex_id(CommissionLine.id),
                CommissionLine.period,
            )
            .where(theirs)
            .order_by(CommissionLine.id)
        ).all()
        self._session.execute(
            delete(CommissionLine)
            .where(theirs, CommissionLine.period >= self._month)
            .execution_options(synchronize_session=False)
        )
        return known

    def placed(self, event: Event) -> Event:
        """In the month that it was posted to."""
        return event._replace(period=self._periods.get(event.id))

    def renamed(self, lines: Sequence[Line], touched: Sequence[Deal]) -> list[Line]:
        """The lines to write, with the ids that they had; the deals then know them by those."""
        ids: dict[str, str] = {}
        found = []
        for line in lines:
            known = self._lines.get(line.event or "", {}).get((line.partner, line.code), [])
            before = known.pop(0) if known else Known(line.id, line.period)
            ids[line.id] = before.id
            if before.period >= self._month and line.period >= self._month:
                found.append(line._replace(id=before.id))
        for deal in touched:
            for share in deal.shares:
                share.lines = [ids.get(one, one) for one in share.lines]
            for hold in deal.holds:
                hold.line = ids.get(hold.line, hold.line)
        return found
