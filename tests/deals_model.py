"""A simple model of deals, that the random games of the tests are held to after every step."""

from collections import Counter, defaultdict
from datetime import timedelta
from itertools import combinations, pairwise

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant
from sqlalchemy import select

from models import deals, jobs
from models import engine as engines
from models.customers import Customer
from models.deals import Deal, DealEvent, DealStatus
from models.deals.conflicts import Conflict, ConflictSide, ConflictStatus, Standing
from models.deals.conflicts import operations as conflicts
from models.deals.conflicts.leaving import LOOK_AGAIN
from models.errors import Refused
from models.jobs import Job, JobState
from models.people import SYSTEM
from models.scope import Scope, open_session
from models.wins import DealOrder
from models.wins.operations import JOBS as WIN_JOBS
from tests.conftest import NOW
from tests.factories import Factories

PICK = st.integers(0, 10_000)
NAMES = ("Alder Motors", "Birch Bakery", "Cypress Pharma")

TABLE = {
    ("draft", "submitted"), ("submitted", "info_requested"), ("info_requested", "submitted"),
    ("submitted", "approved"), ("submitted", "rejected"), ("info_requested", "rejected"),
    ("rejected", "approved"), ("info_requested", "approved"),
    ("approved", "won"), ("approved", "lost"), ("approved", "expired"), ("approved", "revoked"),
    ("expired", "approved"), ("rejected", "submitted"), ("revoked", "submitted"),
    *((state, "withdrawn") for state in ("draft", "submitted", "info_requested", "approved")),
}  # fmt: skip
"""Every step that may ever be seen from one state to another, written a second time."""

AFTER = {
    "submit": "submitted", "ask": "info_requested", "answer": "submitted",
    "approve": "approved", "reject": "rejected", "overturn": "approved",
    "take_over": "approved", "release": "revoked", "extend": "approved", "win": "won",
    "lose": "lost", "withdraw": "withdrawn", "revoke": "revoked", "expire": "expired",
    "reinstate": "submitted",
}  # fmt: skip
"""The state that a verb leads to; every other verb leaves a deal where it is."""

DUE = deals.JOBS | conflicts.JOBS | WIN_JOBS
LIVE = ("submitted", "info_requested", "approved")
BY_THE_CLOCK = ("expire", "win")
"""What the clock does to a deal's state."""


class DealsModel(RuleBasedStateMachine):
    """Per deal its status, its events, its last protected day; who is whose rival."""

    engine = None

    @initialize()
    def open_the_doors(self):
        self.session = open_session(engines.for_writing(self.engine), Scope.vendor())
        self.a, self.now = Factories(self.session, NOW), NOW
        self.a.programme()
        self.family = self.a.sold("Bikes")
        self.managers = [self.a.decider(), self.a.manager(name="Ines Weber").actor()]
        self.sellers = [self.a.seller(self.a.partner()).actor() for _ in range(3)]
        self.deals: list = []
        self.status: dict = {}
        self.through: dict = {}
        self.happened = defaultdict(list)
        self.by_the_clock = defaultdict(Counter)
        self.orders: dict = defaultdict(dict)
        """Per deal, per order: (state, minor units, whether it is the last)."""
        self.same = {name: name for name in NAMES}
        """Which customer a name is of, as merges have it."""
        self.why = ""
        """The last refusal."""
        self.begin()

    def begin(self):
        """What every game begins with."""

    def teardown(self):
        if hasattr(self, "session"):
            self.session.rollback()
            self.session.close()

    # What must be true after every step

    @invariant()
    def never_two_protections_at_once(self):
        rows = self.session.execute(
            select(Deal.id, Deal.partner_id, Deal.customer_id, Deal.family_id, Deal.approved_on,
                   Deal.protected_through).where(Deal.status == DealStatus.APPROVED)
        ).all()  # fmt: skip
        for at, one in enumerate(rows):
            for other in rows[at + 1 :]:
                apart = (
                    one.partner_id == other.partner_id
                    or (one.customer_id, one.family_id) != (other.customer_id, other.family_id)
                    or one.protected_through < other.approved_on
                    or other.protected_through < one.approved_on
                )
                assert apart, (one, other)

    @invariant()
    def every_deal_is_where_the_model_has_it(self):
        kept = dict(self.session.execute(select(Deal.id, Deal.status)).all())
        assert {key: status.value for key, status in kept.items()} == self.status

    @invariant()
    def every_event_is_there_and_no_step_is_outside_the_table(self):
        story = defaultdict(list)
        for event in self.session.scalars(select(DealEvent).order_by(DealEvent.id)):
            story[event.deal_id].append(event)
        assert set(story) == set(self.deals)
        for deal_id, events in story.items():
            mine = [event.verb for event in events if event.by_id != SYSTEM.id]
            assert mine == self.happened[deal_id]
            clocked = Counter(event.verb for event in events if event.by_id == SYSTEM.id)
            for verb in BY_THE_CLOCK:
                assert clocked[verb] == self.by_the_clock[deal_id][verb], verb
            assert events[-1].to_status.value == self.status[deal_id]
            for before, after in pairwise(events):
                assert before.to_status == after.from_status
            for event in events[1:]:
                pair = (event.from_status.value, event.to_status.value)
                is_allowed = pair[0] == pair[1] or pair in TABLE or event.verb == "undo"
                assert is_allowed, event.verb

    @invariant()
    def every_order_is_where_the_model_has_it(self):
        kept = defaultdict(dict)
        for order in self.session.scalars(select(DealOrder)):
            said = (order.state.value, order.amount.minor, order.completes)
            kept[order.deal_id][order.id] = said
        assert kept == {deal_id: orders for deal_id, orders in self.orders.items() if orders}

    @invariant()
    def rivals_stand_in_an_open_case(self):
        """After a merge it may be two; whoever is left of each meets in a third."""
        self.worker(lambda topic: topic == LOOK_AGAIN)
        rows = self.session.execute(
            select(ConflictSide.deal_id, Conflict.status)
            .join(Conflict, Conflict.id == ConflictSide.conflict_id)
            .where(ConflictSide.standing == Standing.OPEN)
        ).all()
        contested = {row.deal_id for row in rows}
        assert len(contested) == len(rows), "a deal is in two open cases"
        for row in rows:
            assert self.status[row.deal_id] in LIVE and row.status is ConflictStatus.OPEN
        live = [one for one in self.deals if self.stands(one)]
        for one, other in combinations(live, 2):
            if self.differ(one, other) and self.is_same_customer(one, other):
                assert {one, other} <= contested

    # The model

    def attempt(self, act):
        """Whether it was done; a refusal changes nothing."""
        try:
            with self.session.begin_nested():
                act()
                self.session.flush()
        except Refused as refusal:
            self.why = str(refusal)
            self.session.expire_all()
            return False
        return True

    def do(self, deal, verb, act):
        """The same, and the deal's next event is noted."""
        self.status_before = self.status[deal.id]
        if not self.attempt(act):
            return False
        self.note(deal.id, verb)
        return True

    def note(self, deal_id, verb):
        self.happened[deal_id].append(verb)
        self.status[deal_id] = AFTER.get(verb, self.status[deal_id])

    def note_of_the_clock(self, deal_id, verb):
        self.by_the_clock[deal_id][verb] += 1
        self.status[deal_id] = AFTER[verb]

    def worker(self, does):
        """Do what is due of these topics, each at its instant."""
        is_due = Job.state == JobState.WAITING, Job.run_at <= self.now
        due = self.session.scalars(select(Job).where(*is_due).order_by(Job.run_at, Job.id)).all()
        for job in due:
            if job.topic in DUE and does(job.topic):
                DUE[job.topic](self.session, job.payload, job.run_at)
                jobs.finish(job)

    def having(self, *statuses):
        return [deal_id for deal_id in self.deals if self.status[deal_id] in statuses]

    def waiting(self):
        return self.having("submitted")

    def one(self, ids, pick):
        return self.session.get_one(Deal, ids[pick % len(ids)])

    def owner(self, deal):
        return next(one for one in self.sellers if one.partner_id == deal.partner_id)

    def customer(self, deal):
        return self.same[deal.customer_name]

    def rivals(self, deal):
        """Other partners' live deals of the same customer."""
        return [
            other.id
            for other in (self.session.get_one(Deal, each) for each in self.deals)
            if other.partner_id != deal.partner_id
            and self.customer(other) == self.customer(deal)
            and self.status[other.id] in ("submitted", "info_requested", "approved")
        ]

    def of(self, customer):
        found = (self.session.get_one(Deal, each) for each in self.deals)
        return [deal.id for deal in found if self.customer(deal) == customer]

    def is_kept(self, deal_id):
        return self.status[deal_id] == "approved"

    def is_protected(self, deal_id):
        """Also past its last day, while an order waits for the vendor."""
        if not self.is_kept(deal_id):
            return False
        return self.through[deal_id] >= self.today() or bool(self.sums(deal_id, "waiting"))

    def stands(self, deal_id):
        """Whether it stands in a rival's way."""
        return self.status[deal_id] in LIVE[:2] or self.is_protected(deal_id)

    def sums(self, deal_id, *states):
        """The amounts of a deal's orders in one of those states."""
        return [minor for state, minor, _ in self.orders[deal_id].values() if state in states]

    def is_same_customer(self, one, other):
        first, second = (self.session.get_one(Deal, each) for each in (one, other))
        return self.customer(first) == self.customer(second)

    def differ(self, one, other):
        first, second = self.session.get_one(Deal, one), self.session.get_one(Deal, other)
        return first.partner_id != second.partner_id

    def record(self, name):
        kept = self.same[name]
        return self.session.scalars(
            select(Customer).where(Customer.name == kept, Customer.merged_into_id.is_(None))
        ).first()

    def today(self):
        return self.a.programme().calendar.day_of(self.now)

    def pass_time(self, **span):
        self.now += timedelta(**span)
