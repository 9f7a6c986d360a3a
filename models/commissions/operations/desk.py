"""One run of rating: plans, rates and closed months read once, memories and sales by chunks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import bulk, catalog, vendor
from models.calendars import local_day
from models.commissions import engine
from models.commissions.engine import Event, Line, Sale
from models.commissions.engine.desk import Desk
from models.commissions.engine.state import Deal as DealMemory
from models.commissions.engine.state import text_of
from models.commissions.facts import Facts
from models.commissions.memory import NOTHING, Memories
from models.commissions.operations.before import Before
from models.commissions.operations.keeping import Outcome
from models.commissions.parties import Parties
from models.commissions.plans import engine_plan
from models.commissions.queries import closed_through
from models.commissions.rated import Rated
from models.commissions.slicing import Range, by_partner, remembers_across
from models.commissions.tables import PlanVersion
from models.partners import Partner
from models.vendor import Vendor


class Ratings:
    """Raises Refused from `rate`; then `undo` takes back what the event had begun.

    Nothing is written before `keep`.
    """

    def __init__(self, session: Session, now: datetime) -> None:
        self.session, self.now = session, now
        bulk.look_things_up(session)
        _hold_months(session)
        self.memories = Memories(session)
        self.parties = Parties(session)
        self.facts = Facts(session, self.parties)
        self.outcome = Outcome(session, self.memories, now)
        self._plans: dict[str, engine.Plan] = {}
        self._rates: dict[tuple[str, str, date], engine.Rate] = {}
        self.time_zone = vendor.settings(session).time_zone
        self.closed_through = closed_through(session)
        self.ids = bulk.new_ids()
        rules = session.scalars(select(PlanVersion.rules)).all()
        self.world = engine.World(
            state=self.memories.state,
            rate_on=self.rate_on,
            is_closed=self.closed_through.__ge__,
            payout_currency=self.parties.currency_of,
            new_id=self.ids.__next__,
            counts_customers=any("new_logo_bonus" in one for one in rules),
        )
        if self.world.counts_customers:
            self.facts.count_customers()
        self.by_partner = not any(remembers_across(one) for one in rules)
        self.before: Before | None = None
        """What the events had before, when they are rated anew."""
        self._today: dict[str, date] = {}

    def today(self, time_zone: str) -> date:
        if time_zone not in self._today:
            self._today[time_zone] = local_day(self.now, time_zone)
        return self._today[time_zone]

    def posting_month(self, event: Event) -> str:
        """Of an event that is told with its local days."""
        assert event.on is not None and event.recorded_on is not None
        return self.world.posting_month(event.on, event.recorded_on)

    def plan(self, plan_id: str) -> engine.Plan:
        found = self._plans.get(plan_id)
        if found is None:
            found = self._plans[plan_id] = engine_plan(self.session, UUID(plan_id))
        return found

    def plan_of(self, partner_id: str, won_on: date, deal: str) -> engine.Plan:
        """The plan that has rated the deal before; else the one assigned on the won date."""
        before = self.deal(deal).plan
        return self.plan(before or self.parties.plan_of(partner_id, won_on))

    def deal(self, key: str) -> DealMemory:
        return self.memories.state.get(DealMemory, key)

    def remember_deals(self, keys: Iterable[str]) -> None:
        """Read what is remembered of these deals, with few questions."""
        self.memories.read(DealMemory.kind, keys)

    def remember(self, desks: Collection[Desk]) -> None:
        """Read whatever else these events will ask for, with few questions."""
        self.memories.prefetch([found for desk in desks for found in engine.asked(desk)])
        if any(desk.works.retro for desk in desks):
            self.memories.prefetch([found for desk in desks for found in engine.asked_next(desk)])

    def rate(self, plan: engine.Plan, sale: Sale, event: Event) -> list[Line]:
        """One event of a sale that is told, not looked up."""
        return self.rate_at(engine.set_up(plan, sale, event, self.world), None)

    def rate_at(self, desk: Desk, invoice_id: str | None, *, carefully: bool = False) -> list[Line]:
        """The lines of an event whose desk is set up; carefully: `undo` can follow."""
        return self._done(desk, engine.rate_at, Rated.EVENT, desk.event.id, invoice_id, carefully)

    def release(self, desk: Desk, invoice_id: str | None) -> list[Line]:
        """What of a deal is due on the day of the desk's event."""
        return self._done(
            desk, engine.release_at, Rated.RELEASE, desk.event.id, invoice_id, carefully=False
        )

    def passed_over(self, source_id: str, key: str, month: str) -> None:
        """An event that earns nothing and changes nothing."""
        deal = self.deal(key)
        self.outcome.rated(source_id, key, deal, Rated.EVENT, max(month, deal.month), 0)

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

    def _done(
        self,
        desk: Desk,
        rated: Callable[[Desk], list[Line]],
        kind: Rated,
        source_id: str,
        invoice_id: str | None,
        carefully: bool,
    ) -> list[Line]:
        state = self.memories.state
        state.begin(carefully=carefully)
        deal: DealMemory = state.get(DealMemory, desk.sale.deal)
        lines = rated(desk)
        month = state.end(desk.period)
        if self.before is not None:
            deals = [memory for _, memory in state.touched if isinstance(memory, DealMemory)]
            lines = self.before.renamed(lines, deals)
        self.outcome.add(lines, invoice_id, source_id)
        self.outcome.rated(source_id, desk.sale.deal, deal, kind, month, len(lines))
        if desk.works.retro is not None:
            self._lifted(desk, deal, month)
        return lines

    def _lifted(self, desk: Desk, deal: DealMemory, month: str) -> None:
        """Deals that the tier reached has lifted: what is remembered of them has changed too."""
        for key, memory in dict(self.memories.state.touched).items():
            if not isinstance(memory, DealMemory) or memory is deal:
                continue
            if (self.memories.deals[key] or NOTHING).value != text_of(memory).decode():
                self.outcome.rated(next(self.ids), key, memory, Rated.LIFTED, month, 0)


def shut_months(session: Session) -> None:
    """Before a month is closed: wait for whoever rates now, and let nobody begin.

    Otherwise a line could reach its month after the statements were made.
    """
    session.scalar(select(Vendor.id).with_for_update())


def take_turns(session: Session, partners: Range | None) -> None:
    """Whoever rates some of the same partners is waited for; what is read next is what they wrote.

    Where a plan remembers from one partner to another, or everybody is rated, for anybody.
    """
    if partners is None or not by_partner(session):
        shut_months(session)
        return
    _hold_months(session)
    theirs = select(Partner.id).where(Partner.id.between(*partners)).order_by(Partner.id)
    session.execute(theirs.with_for_update(key_share=True)).all()


def _hold_months(session: Session) -> None:
    """While somebody rates: the months stay as they are read, others may rate beside."""
    session.scalar(select(Vendor.id).with_for_update(read=True))
