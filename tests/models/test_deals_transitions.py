"""The table of moves: every pair outside it is refused, every pair inside it does what it says."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models import deals
from models.audit import AuditEntry
from models.deals import (
    ChoiceKind,
    DealAmendment,
    DealStatus,
    Question,
    RejectReason,
    RevokeReason,
)
from models.deals.operations.closing import close_won
from models.deals.operations.reopening import reinstate
from models.deals.operations.staleness import warn_stale
from models.deals.states import DEAL_MOVES
from models.deals.transitions import TRANSITIONS, steps_of
from models.errors import Refused
from models.files import Upload
from models.notices import Notice
from models.people import Person

LETTER = Upload("letter.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")


class Play:
    """Does any verb to any deal, as far as the rules let it."""

    def __init__(self, session, a, now):
        self.session, self.a, self.now = session, a, now
        self.second = a.manager(name="Ines Weber").actor()

    def on(self, deal, verb):
        getattr(self, verb)(deal)
        self.session.flush()

    def in_state(self, status, **said):
        """A deal in that state, brought there by its verbs."""
        make = {
            DealStatus.DRAFT: [],
            DealStatus.SUBMITTED: ["submit"],
            DealStatus.INFO_REQUESTED: ["submit", "ask"],
            DealStatus.APPROVED: ["submit", "approve"],
            DealStatus.REJECTED: ["submit", "reject"],
            DealStatus.WON: ["submit", "approve", "win"],
            DealStatus.LOST: ["submit", "approve", "lose"],
            DealStatus.EXPIRED: ["submit", "approve", "ask_to_extend", "expire"],
            DealStatus.WITHDRAWN: ["submit", "withdraw"],
            DealStatus.REVOKED: ["submit", "approve", "revoke"],
        }
        deal = self.a.draft(**said)
        for verb in make[status]:
            self.on(deal, verb)
        assert deal.status is status
        return deal

    def by_partner(self, deal):
        return {"by": self.a.registrant(deal), "now": self.now}

    @property
    def by_rosa(self):
        return {"by": self.a.decider(), "now": self.now}

    def submit(self, deal):
        if deal.status is DealStatus.REJECTED:
            deal.changed_at = self.now + timedelta(seconds=1)
        deals.submit(self.session, deal, **self.by_partner(deal))

    def ask(self, deal):
        deals.ask(self.session, deal, questions=[Question.CLOSE], text="When?", **self.by_rosa)

    def answer(self, deal):
        written = deals.registration_of(self.session, deal)
        deals.answer(self.session, deal, written, note="May.", **self.by_partner(deal))

    def approve(self, deal):
        deals.approve(self.session, deal, **self.by_rosa)

    def reject(self, deal):
        code = RejectReason.NOT_QUALIFIED
        deals.reject(self.session, deal, code=code, text="Too early.", **self.by_rosa)

    def win(self, deal):
        close_won(self.session, deal, note="Order 1", **self.by_rosa)

    def lose(self, deal):
        deals.lose(self.session, deal, reason="No budget.", **self.by_partner(deal))

    def ask_to_extend(self, deal):
        deals.ask_to_extend(self.session, deal, note="March.", **self.by_partner(deal))

    def extend(self, deal):
        deals.extend(self.session, deal, **self.by_rosa)

    def refuse_extension(self, deal):
        deals.refuse_extension(self.session, deal, text="No news.", **self.by_rosa)

    def miss(self, deal):
        if deal.decide_by is None:
            raise Refused("no clock runs")
        due, late = deal.decide_by, deal.decide_by + timedelta(hours=1)
        if not deals.escalate(self.session, deal.id, decide_by=due, percent=100, now=late):
            raise Refused("it does not wait for us")

    def expire(self, deal):
        if not deals.expire(self.session, deal.id, now=self.now + timedelta(days=200)):
            raise Refused("it is not protected")

    def warn_stale(self, deal):
        if not warn_stale(self.session, self.now + timedelta(days=31)):
            raise Refused("nothing is stale")

    def amended(self, deal, **changes):
        written = deals.registration_of(self.session, deal)
        after = type(written)(**(vars(written) | changes))
        deals.amend(self.session, deal, after, note="New figures.", **self.by_partner(deal))

    def amend(self, deal):
        self.amended(deal, competitors="Litware")

    def ask_to_amend(self, deal):
        self.amended(deal, project="Depot north")

    def asked_change(self, deal):
        if deal.status is DealStatus.APPROVED:
            self.ask_to_amend(deal)
        query = select(DealAmendment).where(DealAmendment.deal_id == deal.id)
        found = self.session.scalars(query).first()
        return found or DealAmendment(
            id=deal.id, partner_id=deal.partner_id, deal_id=deal.id, state="asked", changes={},
            note="-", asked_at=self.now, asked_by_name="-",
        )  # fmt: skip

    def accept_amendment(self, deal):
        change = self.kept(self.asked_change(deal))
        deals.accept_amendment(self.session, deal, change, **self.by_rosa)

    def refuse_amendment(self, deal):
        change = self.kept(self.asked_change(deal))
        deals.refuse_amendment(self.session, deal, change, text="No.", **self.by_rosa)

    def take_back_amendment(self, deal):
        change = self.kept(self.asked_change(deal))
        deals.take_back_amendment(self.session, deal, change, **self.by_partner(deal))

    def kept(self, thing):
        self.session.add(thing)
        self.session.flush()
        return thing

    def appeal(self, deal):
        deals.appeal(self.session, deal, note="It is qualified.", **self.by_partner(deal))

    def judged(self, deal, verb):
        if deal.status is DealStatus.REJECTED:
            self.appeal(deal)
        verb(self.session, deal, text="We looked again.", by=self.second, now=self.now)

    def uphold(self, deal):
        self.judged(deal, deals.uphold)

    def overturn(self, deal):
        self.judged(deal, deals.overturn)

    def named(self, deal, by=None):
        is_protected = deal.status is DealStatus.APPROVED
        return deals.name_choice(
            self.session, deal, letter=LETTER, note="Signed by the board.",
            kind=ChoiceKind.RELEASE if is_protected else ChoiceKind.TRANSFER,
            by=by or (self.a.decider() if is_protected else self.a.registrant(deal)),
            now=self.now,
        )  # fmt: skip

    def name_choice(self, deal):
        self.named(deal)

    def back_choice(self, deal):
        if deal.status is DealStatus.APPROVED:
            raise Refused("a manager who begins a release has backed it")
        deals.back_choice(self.session, deal, self.named(deal), **self.by_rosa)

    def decline_choice(self, deal):
        choice = self.named(deal)
        deals.decline_choice(self.session, deal, choice, text="No date.", **self.by_rosa)

    def confirmed(self, deal, wanted):
        if (deal.status is DealStatus.APPROVED) is not (wanted == "release"):
            raise Refused("another verb")
        choice = self.named(deal, by=self.second)
        deals.confirm_choice(self.session, deal, choice, **self.by_rosa)

    def take_over(self, deal):
        self.confirmed(deal, "take_over")

    def release(self, deal):
        self.confirmed(deal, "release")

    def withdraw(self, deal):
        deals.withdraw(self.session, deal, **self.by_partner(deal))

    def revoke(self, deal):
        why = {"code": RevokeReason.UNTRUE, "text": "They never heard of you."}
        deals.revoke(self.session, deal, **why, **self.by_rosa)

    def reinstate(self, deal):
        reinstate(self.session, deal, text="The case is open again.", **self.by_rosa)


@pytest.fixture
def play(session, a, now):
    a.programme()
    return Play(session, a, now)


PLAYED = [verb for verb in DEAL_MOVES.verbs if verb != "approve_step"]
"""approve_step is played with approval rules, in test_deals_approvals."""

INSIDE = [
    (verb, before) for verb in PLAYED for before, _after in steps_of(verb)
    if (verb, before) != ("back_choice", DealStatus.APPROVED)  # whoever begins a release backs it
]  # fmt: skip
VENDOR_ONLY = {("name_choice", DealStatus.APPROVED), ("decline_choice", DealStatus.APPROVED)}
"""A partner whom the customer wants to leave reads nothing before it is decided."""


def test_every_move_has_a_row_in_the_table():
    assert set(TRANSITIONS) == set(DEAL_MOVES.verbs)


@pytest.mark.parametrize("status", DealStatus)
def test_every_verb_outside_the_table_is_refused(play, session, status):
    deal = play.in_state(status)
    story = len(deals.story_of(session, deal.id, with_notes=True))
    for verb in PLAYED:
        if DEAL_MOVES.allows(verb, status):
            continue
        with pytest.raises(Refused), session.begin_nested():
            play.on(deal, verb)
        session.refresh(deal)
        assert deal.status is status, verb
    assert len(deals.story_of(session, deal.id, with_notes=True)) == story


@pytest.mark.parametrize(("verb", "before"), INSIDE, ids=lambda part: getattr(part, "value", part))
def test_every_verb_of_the_table_moves_is_remembered_audited_and_told(play, session, verb, before):
    deal = play.in_state(before)
    if verb in ("extend", "refuse_extension") and before is DealStatus.APPROVED:
        play.on(deal, "ask_to_extend")
    session.flush()
    heard = set(session.scalars(select(Notice.id)))
    play.on(deal, verb)
    assert deal.status is DEAL_MOVES.after(verb, before)
    story = deals.story_of(session, deal.id, with_notes=(verb, before) in VENDOR_ONLY)
    assert verb in [event.verb for event in story]
    actions = set(session.scalars(select(AuditEntry.action).where(AuditEntry.about_id == deal.id)))
    assert f"deal: {verb.replace('_', ' ')}" in actions
    _only_who_is_named_is_told(session, verb, heard)


def _only_who_is_named_is_told(session, verb, heard):
    """Steps that had to come before may tell their own; nothing else may."""
    before = {"accept_amendment": "ask_to_amend", "refuse_amendment": "ask_to_amend",
              "take_back_amendment": "ask_to_amend",
              "uphold": "appeal", "overturn": "appeal", "back_choice": "name_choice",
              "decline_choice": "name_choice", "take_over": "name_choice",
              "release": "name_choice"}  # fmt: skip
    rows = [TRANSITIONS[name] for name in (verb, before.get(verb, verb))]
    told = session.execute(
        select(Notice.kind, Person.partner_id.is_(None).label("is_staff"))
        .join(Person, Person.id == Notice.person_id)
        .where(Notice.id.not_in(heard))
    ).all()
    for kind, is_staff in told:
        side = "tells_staff" if is_staff else "tells_partner"
        assert any(kind in getattr(row, side) for row in rows), (kind, side)
    assert TRANSITIONS[verb].tells_partner == () or any(
        kind in TRANSITIONS[verb].tells_partner for kind, is_staff in told if not is_staff
    ) or (verb in ("win", "lose", "decline_choice"))  # fmt: skip
