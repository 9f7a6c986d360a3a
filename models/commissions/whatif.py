"""What a partner would earn if it won this and that, by the engine itself.  Reads only.

The deals are rated one after another in the order of their days, on a copy of what the engine
remembers today; nothing of it is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from models import vendor
from models.base import new_id
from models.calendars import first_day, local_day, month_of, next_month
from models.commissions import engine
from models.commissions.engine import Code, Event, EventKind, Trigger
from models.commissions.engine.numbers import divided
from models.commissions.engine.plan import Margin, Recurring, Tiered, Window
from models.commissions.engine.state import Counter
from models.commissions.engine.state import Deal as DealMemory
from models.commissions.estimates import (
    Prospect,
    imagined_sale,
    read_products,
    scratch_world,
)
from models.commissions.memory import Memories
from models.commissions.parties import Parties
from models.commissions.plans import engine_plan
from models.errors import Refused
from models.money import Money
from models.scope import vendor_side


@dataclass(frozen=True, slots=True)
class Chance:
    """One open deal as if it were won on a day.

    value: another than its lines come to; None: as they stand.  protected: from the day of its
    approval through the last protected one; None: as if it were approved that day.
    """

    key: str
    prospect: Prospect
    on: date
    value: Money | None = None
    protected: tuple[date, date] | None = None
    splits: tuple[tuple[str, Decimal], ...] = ()
    """Whom it is shared between, by agreement; empty: one partner keeps all of it."""


@dataclass(frozen=True, slots=True)
class NextTier:
    """How far it is to a better rate.  through: the last day that counts."""

    left: Money
    through: date
    rate: Decimal
    next_rate: Decimal


@dataclass(frozen=True, slots=True)
class Outlook:
    """earned: {chance: what it would earn}; held: what of it all is paid later.

    lifted: what earlier sales would earn more, because a tier is reached.
    unknown: chances that no honest figure can be given for, and why.
    """

    earned: dict[str, Money]
    lifted: Money
    held: Money
    unknown: dict[str, str]
    tier: NextTier | None
    """After all of it; None where no better rate is left."""
    tier_now: NextTier | None
    """As the partner stands today."""

    @property
    def total(self) -> Money:
        return Money.total(self.earned.values(), self.lifted.currency) + self.lifted


def what_if(
    session: Session, chances: Iterable[Chance], *, partner_id: UUID, now: datetime
) -> Outlook:
    """What these would earn together; each on its day, the earliest first."""
    ordered = sorted(chances, key=lambda chance: (chance.on, chance.key))
    with vendor_side(session) as beside:
        return _Scratch(beside, partner_id, now).rate(ordered)


def next_tier(session: Session, *, partner_id: UUID, now: datetime) -> NextTier | None:
    """As the partner stands today; None where its plan has no such tiers, or no better one."""
    with vendor_side(session) as beside:
        return _Scratch(beside, partner_id, now).tier()


class _Scratch:
    def __init__(self, session: Session, partner_id: UUID, now: datetime) -> None:
        self._session, self._partner_id, self._now = session, partner_id, now
        self._today = local_day(now, vendor.settings(session).time_zone)
        self._parties = Parties(session)
        self._memories = Memories(session)
        self._world = scratch_world(session, self._parties, self._memories)
        self._currency = self._parties.currency_of(partner_id, date.max)
        self._plans: dict[str, engine.Plan] = {}
        self._products: dict[UUID, Any] = {}

    def rate(self, chances: Sequence[Chance]) -> Outlook:
        earned: dict[str, Money] = {}
        unknown: dict[str, str] = {}
        lifted = held = Money(0, self._currency)
        goods = {line[0] for chance in chances for line in chance.prospect.lines}
        self._products = read_products(self._session, goods)
        now = self.tier()
        sales = {}
        for chance in chances:
            try:
                sales[chance.key] = self._sale(chance)
            except Refused as refusal:
                unknown[chance.key] = str(refusal)
        self._memories.prefetch((DealMemory.kind, sale.deal) for sale in sales.values())
        for chance in (one for one in chances if one.key in sales):
            try:
                lines = self._lines(chance, sales[chance.key])
            except Refused as refusal:
                unknown[chance.key] = str(refusal)
                continue
            unit = next((line.payout_currency for line in lines), self._currency)
            if unit != self._currency:
                unknown[chance.key] = f"It is paid in {unit}."
                continue
            earned[chance.key] = self._sum(lines, but=(Code.TRUE_UP, Code.HOLDBACK))
            lifted += self._sum([line for line in lines if line.code is Code.TRUE_UP])
            held -= self._sum([line for line in lines if line.code is Code.HOLDBACK])
        return Outlook(earned, lifted, held, unknown, self.tier(), now)

    def tier(self) -> NextTier | None:
        try:
            plan = self._plan_on(self._today)
            base = plan.in_force(local_day(self._now, plan.time_zone)).rules.base
        except Refused:
            return None
        if not isinstance(base, Tiered) or base.window is None:
            return None
        empty = imagined_sale(self._session, _NOTHING, self._partner_id, self._now, self._today)
        key = f"{empty.partner}|{plan.id}|{base.window.key(self._today)}"
        volume = self._world.state.get(Counter, key).volume
        above = [tier for tier in base.tiers if tier.lower_minor > volume]
        if not above:
            return None
        reached = [tier for tier in base.tiers if tier.lower_minor <= volume]
        present = (reached or base.tiers)[-1 if reached else 0]
        return NextTier(
            Money(above[0].lower_minor - volume, plan.currency),
            _last_day_of(base.window, self._today),
            present.rate,
            above[0].rate,
        )

    def _plan_on(self, day: date) -> engine.Plan:
        plan_id = self._parties.plan_of(self._partner_id, day)
        if plan_id not in self._plans:
            self._plans[plan_id] = engine_plan(self._session, UUID(plan_id))
        return self._plans[plan_id]

    def _sale(self, chance: Chance) -> engine.Sale:
        """Raises Refused where the plan cannot be told beforehand."""
        base = self._plan_on(chance.on).in_force(chance.on).rules.base
        if isinstance(base, Margin):
            raise Refused("Your plan pays a share of the margin, known with the invoice.")
        if isinstance(base, Recurring):
            raise Refused("Your plan pays month by month, as the subscription is paid.")
        at = _noon(chance.on)
        made = imagined_sale(
            self._session, chance.prospect, self._partner_id, at, chance.on, self._products
        )
        sale = _at_value(made, chance.value)
        if chance.protected is not None:
            since, through = chance.protected
            protection = engine.Registration(since, (through - since).days)
            sale = sale._replace(registration=protection)
        return sale._replace(splits=chance.splits)

    def _lines(self, chance: Chance, sale: engine.Sale) -> list[engine.Line]:
        """This partner's own."""
        plan, at = self._plan_on(chance.on), _noon(chance.on)
        kind = EventKind.WON if plan.trigger is Trigger.WON else EventKind.PAID
        rated = engine.rate(plan, sale, Event(new_id().hex, kind, at, at), self._world)
        self._world.state.begin()
        return [line for line in rated if line.partner == sale.partner]

    def _sum(self, lines: Sequence[engine.Line], *, but: Sequence[Code] = ()) -> Money:
        minor = sum(line.payout_minor for line in lines if line.code not in but)
        return Money(minor, self._currency)


_NOTHING = Prospect("new_business", "", (), 0)


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def _at_value(sale: engine.Sale, value: Money | None) -> engine.Sale:
    """The same goods for another sum: each line in proportion, the last takes what is left."""
    if value is None or not sale.lines or not sale.net_minor or value.minor == sale.net_minor:
        return sale
    lines, left = [], value.minor
    for line in sale.lines[:-1]:
        part = divided(line.amount_minor * value.minor, sale.net_minor)
        lines.append(line._replace(amount_minor=part))
        left -= part
    lines.append(sale.lines[-1]._replace(amount_minor=left))
    return sale._replace(lines=tuple(lines), net_minor=value.minor)


def _last_day_of(window: Window, day: date) -> date:
    months = {Window.MONTH: 1, Window.QUARTER: 3 - (day.month - 1) % 3}
    ahead = months.get(window, 13 - day.month)
    return first_day(next_month(month_of(day), ahead)) - timedelta(days=1)
