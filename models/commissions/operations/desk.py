"""One run of rating: plans, rates and closed months read once, memories and sales by chunks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import catalog, vendor
from models.base import new_id
from models.calendars import local_day
from models.commissions import engine
from models.commissions.engine import Desk, Event, Line, Sale
from models.commissions.engine.state import Deal as DealMemory
from models.commissions.facts import Facts
from models.commissions.memory import Memories
from models.commissions.operations.keeping import Outcome
from models.commissions.parties import Parties
from models.commissions.plans import engine_plan
from models.commissions.tables import MonthClose
from models.vendor import Vendor


class Ratings:
    """Raises Refused from `rate`; then `undo` takes back what the event had begun.

    Nothing is written before `keep`.
    """

    def __init__(self, session: Session, now: datetime) -> None:
        self.session, self.now = session, now
        _hold_months(session)
        self.memories = Memories(session)
        self.parties = Parties(session)
        self.facts = Facts(session, self.parties)
        self.outcome = Outcome(session, now)
        self._plans: dict[UUID, engine.Plan] = {}
        self._rates: dict[tuple[str, str, date], engine.Rate] = {}
        self._time_zone = ""
        closed = frozenset(session.scalars(select(MonthClose.month)))
        self.world = engine.World(
            state=self.memories.state,
            rate_on=self.rate_on,
            is_closed=closed.__contains__,
            payout_currency=lambda partner: self.parties.currency_of(UUID(partner)),
            new_id=lambda: str(new_id()),
        )

    def plan(self, plan_id: UUID) -> engine.Plan:
        if plan_id not in self._plans:
            self._plans[plan_id] = engine_plan(self.session, plan_id)
        return self._plans[plan_id]

    def plan_of(self, partner_id: UUID, won_at: datetime, deal: str) -> engine.Plan:
        """The plan that has rated the deal before; else the one assigned on the won date."""
        before = self.deal(deal).plan
        if before:
            return self.plan(UUID(before))
        if not self._time_zone:
            self._time_zone = vendor.settings(self.session).time_zone
        return self.plan(self.parties.plan_of(partner_id, local_day(won_at, self._time_zone)))

    def deal(self, key: str) -> DealMemory:
        return self.memories.state.get(DealMemory, key)

    def remember_deals(self, keys: Iterable[str]) -> None:
        """Read what is remembered of these deals, with few questions."""
        self.memories.prefetch((DealMemory.kind, key) for key in keys)

    def remember(self, desks: Sequence[Desk]) -> None:
        """Read whatever else these events will ask for, with few questions."""
        self.memories.prefetch(found for desk in desks for found in engine.asked(desk))
        self.memories.prefetch(found for desk in desks for found in engine.asked_next(desk))
        self.memories.state.begin()

    def rate(self, plan: engine.Plan, sale: Sale, event: Event) -> list[Line]:
        return self._keeping(engine.rate(plan, sale, event, self.world))

    def release(self, plan: engine.Plan, sale: Sale, event: Event) -> list[Line]:
        return self._keeping(engine.release_due(plan, sale, event, self.world))

    def undo(self) -> None:
        self.memories.state.undo()

    def keep(self) -> None:
        """Write lines, what was rated, problems and memories."""
        self.outcome.keep()
        self.memories.keep()

    def forget(self) -> None:
        """Begin the next chunk with nothing of this one in memory."""
        self.memories.forget()

    def rate_on(self, source: str, target: str, on: date) -> engine.Rate:
        """The last rate published on or before that day.  Raises Refused without one."""
        asked = (source, target, on)
        if asked not in self._rates:
            self._rates[asked] = engine.Rate(*catalog.rate_on(self.session, source, target, on))
        return self._rates[asked]

    def _keeping(self, lines: list[Line]) -> list[Line]:
        self.outcome.lines(lines)
        self.memories.state.begin()
        return lines


def shut_months(session: Session) -> None:
    """Before a month is closed: wait for whoever rates now, and let nobody begin.

    Otherwise a line could reach its month after the statements were made.
    """
    session.scalar(select(Vendor.id).with_for_update())


def _hold_months(session: Session) -> None:
    """While somebody rates: the months stay as they are read, others may rate beside."""
    session.scalar(select(Vendor.id).with_for_update(read=True))
