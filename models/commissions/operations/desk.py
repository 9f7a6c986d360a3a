"""One run of rating: plans, rates, months and memories read once, lines written as they come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import catalog
from models.base import human_number, new_id
from models.commissions import engine
from models.commissions.engine import Event, Line, Sale
from models.commissions.engine.state import Deal as DealMemory
from models.commissions.memory import Memories
from models.commissions.plans import engine_plan
from models.commissions.tables import CommissionLine, MonthClose, RatedEvent, RatingProblem
from models.partners import Partner


class Ratings:
    """Raises Refused from `rate`; then `undo` takes back what the event had begun."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session, self.now = session, now
        self.memories = Memories(session)
        self._plans: dict[UUID, engine.Plan] = {}
        self._rates: dict[tuple[str, str, date], engine.Rate] = {}
        self._currencies: dict[str, str] = {}
        closed = frozenset(session.scalars(select(MonthClose.month)))
        self.world = engine.World(
            state=self.memories.state,
            rate_on=self.rate_on,
            is_closed=closed.__contains__,
            payout_currency=self._payout_currency,
            new_id=lambda: str(new_id()),
        )

    def plan(self, plan_id: UUID) -> engine.Plan:
        if plan_id not in self._plans:
            self._plans[plan_id] = engine_plan(self.session, plan_id)
        return self._plans[plan_id]

    def deal(self, key: str) -> DealMemory:
        return self.memories.state.get(DealMemory, key)

    def rate(self, plan: engine.Plan, sale: Sale, event: Event) -> list[Line]:
        lines = engine.rate(plan, sale, event, self.world)
        self.write(lines)
        self.memories.state.begin()
        return lines

    def release(self, plan: engine.Plan, sale: Sale, event: Event) -> list[Line]:
        lines = engine.release_due(plan, sale, event, self.world)
        self.write(lines)
        self.memories.state.begin()
        return lines

    def write(self, lines: Sequence[Line]) -> None:
        self.session.add_all(self._row(line) for line in lines)

    def rated(self, source_id: UUID, partner_id: UUID, lines: Sequence[Line]) -> None:
        """Remember that it was rated, and that whatever stood in its way no longer does."""
        self.session.add(
            RatedEvent(
                source_id=source_id,
                partner_id=partner_id,
                rated_at=self.now,
                line_count=len(lines),
            )
        )
        self.session.execute(delete(RatingProblem).where(RatingProblem.source_id == source_id))

    def undo(self) -> None:
        self.memories.state.undo()

    def keep(self) -> None:
        self.memories.keep()

    def rate_on(self, source: str, target: str, on: date) -> engine.Rate:
        """The last rate published on or before that day.  Raises Refused without one."""
        asked = (source, target, on)
        if asked not in self._rates:
            self._rates[asked] = engine.Rate(*catalog.rate_on(self.session, source, target, on))
        return self._rates[asked]

    def _payout_currency(self, partner: str) -> str:
        if partner not in self._currencies:
            self._currencies[partner] = self.session.get_one(Partner, UUID(partner)).currency
        return self._currencies[partner]

    def _row(self, line: Line) -> CommissionLine:
        line_id = UUID(line.id)
        invoice = line.sale if line.sale != line.deal else None
        return CommissionLine(
            id=line_id,
            partner_id=UUID(line.partner),
            number=human_number("L", line_id),
            period=line.period,
            on=line.on,
            code=line.code,
            deal_id=_uuid(line.deal),
            invoice_id=_uuid(invoice),
            source_id=_uuid(line.event),
            amount_minor=line.amount_minor,
            currency=line.currency,
            payout_minor=line.payout_minor,
            payout_currency=line.payout_currency,
            plan_version_id=UUID(line.version),
            working=line.working,
            corrects=list(line.corrects),
            statement_id=None,
            recorded_at=self.now,
        )


def _uuid(text: str | None) -> UUID | None:
    """None too for what is called otherwise, such as the deal of a sale nobody registered."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
