"""A channel lived through by a seed: deals, orders, payments, refunds, closes, payouts, disputes.

What happens is drawn from the seed before anything is done; each step is a transaction of its own.
With faults every 20th step is killed at some statement, or done although its answer was lost, and
then done again, as a person or the worker would.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from itertools import count
from random import Random
from typing import Any

from sqlalchemy import Engine, event, select

from models import commissions, deals
from models import engine as engines
from models.catalog import Product
from models.commissions import CommissionLine, Dispute
from models.commissions.disputes import Decision, DisputeReason, Objection
from models.deals import Deal, Line
from models.errors import Refused
from models.money import Money
from models.partners import Partner
from models.payouts import PayoutRun
from models.people import SYSTEM, Person
from models.sales import Invoice
from models.scope import Scope, open_session
from tests.factories import Factories
from tests.payout_story import hand_over, pay, prepare, release

FIRST = date(2026, 1, 1)
PARTNERS, FAULT_EVERY = 3, 20
RULES = {
    "base": {
        "type": "tier", "mode": "marginal", "window": "month",
        "tiers": [["0", "0.05"], ["9000", "0.08"]],
    },
    "holdback": {"pct": "0.10", "days": 40},
    "clawback": {"days": 120},
}  # fmt: skip


class Killed(BaseException):
    """The process is gone: nothing of it goes on."""


@dataclass(frozen=True, order=True)
class Step:
    at: datetime
    number: int
    verb: str = field(compare=False)
    about: tuple[Any, ...] = field(compare=False)


def script(seed: int, months: int) -> list[Step]:
    """What is going to happen, in order of time."""
    rng, numbers, steps = Random(seed), count(), []

    def then(day: date, verb: str, *about: Any) -> None:
        hour = time(8 + rng.randrange(8), rng.randrange(60), tzinfo=UTC)
        steps.append(Step(datetime.combine(day, hour), next(numbers), verb, about))

    last = _month(months)
    for month in range(months):
        first = _month(month)
        for deal in range(month * 10, month * 10 + rng.randint(2, 4)):
            _of_deal(rng, then, deal, first, last)
        end, name = _month(month + 1), f"{first:%Y-%m}"
        for days, verb in enumerate(("close", "prepare", "release", "hand_over", "settle"), 2):
            then(end + timedelta(days=days), verb, name)
    return sorted(steps)


def _of_deal(rng: Random, then: Callable, deal: int, first: date, last: date) -> None:
    day, partner = first + timedelta(days=rng.randrange(20)), rng.randrange(PARTNERS)
    value = rng.randrange(1_000_00, 9_000_00)
    then(day, "register", deal, partner, value)
    then(day + timedelta(days=1), "approve", deal)
    if rng.random() < 0.2:
        return
    day += timedelta(days=rng.randint(2, 30))
    then(day, "order", deal)
    then(day, "invoice", deal, value)
    part = rng.randrange(1_00, value)
    for number, minor in enumerate((part, value - part)):
        day += timedelta(days=rng.randint(1, 25))
        then(day, "pay", deal, number, minor)
        then(day, "rate")
    if rng.random() < 0.3:
        then(day + timedelta(days=rng.randint(1, 60)), "refund", deal, rng.randrange(1_00, value))
    if rng.random() < 0.3:
        more = rng.randrange(1_00, 50_00)
        then(day + timedelta(days=1), "object", deal, more)
        verb = rng.choice(("accept", "deny"))
        then(day + timedelta(days=rng.randint(2, 20)), "decide", deal, verb, more)


def _month(number: int) -> date:
    return date(FIRST.year + number // 12, number % 12 + 1, 1)


def customer(deal: int) -> str:
    """Names that nobody takes for one another."""
    letters = str.maketrans("0123456789abcdef", "bcdfghklmnprstvw")
    digest = sha256(str(deal).encode()).hexdigest().translate(letters)
    return f"{digest[:12]} {digest[12:24]}"


class Channel:
    """One life.  done: steps; refused: how many were told no; faults: how many were suffered."""

    def __init__(self, engine: Engine, seed: int, *, has_faults: bool) -> None:
        self.engine, self.has_faults = engine, has_faults
        self.done = self.refused = self.faults = 0
        self.chance = Random(seed + 1)
        """Of its own: what happens is the same with faults and without."""
        with self._transaction(datetime(2025, 12, 30, 9, tzinfo=UTC)) as a:
            a.programme().minimum_deal_minor = 0
            a.sold("Bikes")
            a.plan(RULES)
            for number in range(PARTNERS):
                partner = a.partner(name=f"Partner {number}")
                a.destination(partner)
                a.seller(partner, name=f"Seller {number}")
            a.finance(name="Petra"), a.finance(name="Rita")
            a.session.commit()

    def live(self, steps: list[Step]) -> Iterator[Step]:
        """Gives back each step after it was done."""
        for step in steps:
            self.done += 1
            if self.has_faults and self.done % FAULT_EVERY == 0:
                self._suffer(step)
            self._do(step)
            yield step

    def _suffer(self, step: Step) -> None:
        """Killed at one of its statements; or, when it has fewer, done without an answer."""
        self.faults += 1
        left = count(self.chance.randint(1, 40), -1)

        def kill(*_: Any) -> None:
            if next(left) == 0:
                raise Killed

        event.listen(self.engine, "before_cursor_execute", kill)
        try:
            self._do(step)
        except Killed:
            pass
        finally:
            event.remove(self.engine, "before_cursor_execute", kill)

    def _do(self, step: Step) -> None:
        with self._transaction(step.at) as a:
            try:
                getattr(self, f"_{step.verb}")(a, *step.about)
                a.session.commit()
            except Refused:
                a.session.rollback()
                self.refused += 1

    @contextmanager
    def _transaction(self, at: datetime) -> Iterator[Factories]:
        with open_session(engines.for_writing(self.engine), Scope.vendor()) as session:
            yield Factories(session, at)

    def _register(self, a: Factories, deal: int, partner: int, value: int) -> None:
        if self._deal(a, deal) is not None:
            return  # it was told that it is there
        owner = a.session.scalars(select(Partner).where(Partner.name == f"Partner {partner}")).one()
        seller = self._person(a, f"Seller {partner}")
        product = a.session.scalars(select(Product)).first()
        lines = (Line(product.id, 1, value),)
        wanted = a.registration(customer_name=customer(deal), lines=lines)
        kept = deals.draft(a.session, wanted, partner_id=owner.id, by=seller, now=a.now)
        deals.submit(a.session, kept, by=seller, now=a.now)

    def _approve(self, a: Factories, deal: int) -> None:
        deals.approve(a.session, self._deal(a, deal), by=a.decider(), now=a.now)

    def _order(self, a: Factories, deal: int) -> None:
        a.order(self._deal(a, deal), number=f"SO-{deal}")

    def _invoice(self, a: Factories, deal: int, value: int) -> None:
        a.invoice(deal=self._deal(a, deal), net=value, number=f"INV-{deal}")

    def _pay(self, a: Factories, deal: int, number: int, minor: int) -> None:
        a.payment(self._invoice_of(a, deal), minor, reference=f"bank {deal}-{number}")

    def _rate(self, a: Factories) -> None:
        a.rate_all()

    def _refund(self, a: Factories, deal: int, minor: int) -> None:
        a.credit_note(self._invoice_of(a, deal), minor, number=f"CN-{deal}")
        a.rate_all()

    def _object(self, a: Factories, deal: int, more: int) -> None:
        line = self._line(a, deal)
        seller = self._person(a, self._seller_of(a, deal))
        objection = Objection(DisputeReason.RATE, "We agreed on more.", Money(more, "EUR"))
        commissions.open_dispute(a.session, line.id, objection, by=seller, at=a.now, now=a.now)

    def _decide(self, a: Factories, deal: int, verb: str, more: int) -> None:
        line = self._line(a, deal)
        dispute = a.session.scalars(select(Dispute).where(Dispute.line_id == line.id)).first()
        if dispute is None:
            raise Refused("Nobody has objected.")
        added = Money(more, "EUR") if verb == "accept" else None
        decision = Decision(verb, "We looked it up.", added)
        commissions.decide_dispute(a.session, dispute, decision, by=SYSTEM, at=a.now, now=a.now)

    def _close(self, a: Factories, month: str) -> None:
        commissions.close_month(a.session, month, by=SYSTEM, now=a.now)

    def _prepare(self, a: Factories, month: str) -> None:
        prepare(a.session, self._person(a, "Petra"), a.now, period=month)

    def _release(self, a: Factories, month: str) -> None:
        release(a.session, self._run(a, month), self._person(a, "Rita"), a.now)

    def _hand_over(self, a: Factories, month: str) -> None:
        hand_over(a.session, self._run(a, month), self._person(a, "Petra"), a.now)

    def _settle(self, a: Factories, month: str) -> None:
        pay(a.session, self._run(a, month), self._person(a, "Petra"), a.now, f"B-{month}")

    def _deal(self, a: Factories, deal: int) -> Any:
        return a.session.scalars(select(Deal).where(Deal.customer_name == customer(deal))).first()

    def _seller_of(self, a: Factories, deal: int) -> str:
        owner = a.session.get_one(Partner, self._deal(a, deal).partner_id)
        return owner.name.replace("Partner", "Seller")

    def _invoice_of(self, a: Factories, deal: int) -> Any:
        found = a.session.scalars(select(Invoice).where(Invoice.number == f"INV-{deal}")).first()
        if found is None:
            raise Refused("There is no such invoice.")
        return found

    def _line(self, a: Factories, deal: int) -> Any:
        """The largest line of its invoice."""
        of = select(CommissionLine).where(CommissionLine.deal_id == self._deal(a, deal).id)
        found = a.session.scalars(of.order_by(CommissionLine.payout_minor.desc())).first()
        if found is None:
            raise Refused("It has earned nothing.")
        return found

    def _person(self, a: Factories, name: str) -> Any:
        return a.session.scalars(select(Person).where(Person.name == name)).one().actor()

    def _run(self, a: Factories, month: str) -> Any:
        run = a.session.scalars(select(PayoutRun).where(PayoutRun.period == month)).first()
        if run is None:
            raise Refused("There is no such run.")
        return run
