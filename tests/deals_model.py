"""A simple model of deals, that the random games of the tests are held to after every step."""

from collections import defaultdict
from datetime import timedelta
from itertools import pairwise

from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant
from sqlalchemy import select

from models import engine as engines
from models.customers import Customer
from models.deals import Deal, DealEvent, DealStatus
from models.errors import Refused
from models.people import SYSTEM
from models.scope import Scope, open_session
from tests.conftest import NOW
from tests.factories import Factories

NAMES = ("Alder Motors", "Birch Bakery", "Cypress Pharma")

TABLE = {
    ("draft", "submitted"), ("submitted", "info_requested"), ("info_requested", "submitted"),
    ("submitted", "approved"), ("submitted", "rejected"), ("info_requested", "rejected"),
    ("rejected", "submitted"), ("rejected", "approved"), ("info_requested", "approved"),
    ("approved", "lost"), ("approved", "expired"), ("approved", "revoked"),
    ("expired", "approved"),
    *((state, "withdrawn") for state in ("draft", "submitted", "info_requested", "approved")),
}  # fmt: skip
"""Every step that may ever be seen from one state to another, written a second time."""


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
        self.same = {name: name for name in NAMES}
        """Which customer a name is of, as merges have it."""
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
        for deal_id, events in story.items():
            verbs = [event.verb for event in events if event.by_id != SYSTEM.id]
            assert [v for v in verbs if v != "expire"] == [
                verb for verb in self.happened[deal_id] if verb != "expire"
            ]
            ended = [event.verb for event in events].count("expire")
            assert ended == self.happened[deal_id].count("expire")
            for before, after in pairwise(events):
                assert before.to_status == after.from_status
            for event in events[1:]:
                pair = (event.from_status.value, event.to_status.value)
                assert pair[0] == pair[1] or pair in TABLE, event.verb

    # The model

    def do(self, deal, verb, act):
        """Whether it was done; a refusal changes nothing."""
        self.status_before = self.status[deal.id]
        try:
            with self.session.begin_nested():
                act()
                self.session.flush()
        except Refused:
            self.session.expire_all()
            return False
        self.note(deal.id, verb)
        return True

    def note(self, deal_id, verb):
        after = {
            "submit": "submitted", "ask": "info_requested", "answer": "submitted",
            "approve": "approved", "reject": "rejected", "overturn": "approved",
            "name_choice": "approved", "release": "revoked", "extend": "approved",
            "lose": "lost", "withdraw": "withdrawn", "expire": "expired",
        }  # fmt: skip
        self.happened[deal_id].append(verb)
        self.status[deal_id] = after.get(verb, self.status[deal_id])

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
        return self.is_kept(deal_id) and self.through[deal_id] >= self.today()

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
