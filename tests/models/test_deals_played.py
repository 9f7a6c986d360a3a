"""Partners and managers play at random against a simple model, and the rules hold throughout."""

from datetime import timedelta

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test

from models import deals
from models.deals import ChoiceKind, RejectReason, Visibility
from models.errors import Refused
from tests.deals_endings import LETTER, Endings
from tests.deals_model import LIVE, NAMES, PICK


class Played(Endings):
    """What anybody may do at any time, with what the model says must come of it."""

    def begin(self):
        """Two are protected, and each has a rival who waits."""
        for who, name in enumerate(NAMES[:2]):
            self.register(who, name)
            self.approve(0, who)
            self.register(2 - who, name)

    @rule(who=st.integers(0, 2), name=st.sampled_from(NAMES))
    def register(self, who, name):
        self.a.now = self.now
        seller = self.sellers[who]
        written = self.a.registration(customer_name=name, customer_country="DE")
        deal = deals.draft(
            self.session, written, partner_id=seller.partner_id, by=seller, now=self.now
        )
        self.session.flush()
        self.deals.append(deal.id)
        self.status[deal.id] = "draft"
        self.happened[deal.id].append("draft")
        self.do(deal, "submit", lambda: deals.submit(self.session, deal, by=seller, now=self.now))

    @precondition(lambda self: self.waiting())
    @rule(pick=PICK, manager=st.integers(0, 1))
    def approve(self, pick, manager):
        deal, by = self.one(self.waiting(), pick), self.managers[manager]
        rivals = self.rivals(deal)
        done = self.do(
            deal, "approve", lambda: deals.approve(self.session, deal, by=by, now=self.now)
        )
        if self.status_before == "submitted" and not rivals and not self.is_ours(deal):
            assert done, "nobody stood in the way"
        if any(self.is_protected(rival) for rival in rivals):
            assert not done, "somebody else is protected"
        if done:
            self.through[deal.id] = self.today() + timedelta(days=90)

    @precondition(lambda self: self.deals)
    @rule(pick=PICK, manager=st.integers(0, 1))
    def reject(self, pick, manager):
        deal, by = self.one(self.deals, pick), self.managers[manager]
        code = RejectReason.NOT_QUALIFIED
        self.do(deal, "reject", lambda: deals.reject(
            self.session, deal, code=code, text="Too early.", by=by, now=self.now))  # fmt: skip

    @precondition(lambda self: self.waiting())
    @rule(pick=PICK, manager=st.integers(0, 1))
    def ask(self, pick, manager):
        deal, by = self.one(self.waiting(), pick), self.managers[manager]
        self.do(deal, "ask", lambda: deals.ask(
            self.session, deal, questions=[deals.Question.CLOSE], text="When?", by=by,
            now=self.now))  # fmt: skip

    @precondition(lambda self: self.having("info_requested"))
    @rule(pick=PICK)
    def answer(self, pick):
        deal = self.one(self.having("info_requested"), pick)
        written = deals.registration_of(self.session, deal)
        self.do(deal, "answer", lambda: deals.answer(
            self.session, deal, written, note="May.", by=self.owner(deal),
            now=self.now))  # fmt: skip

    @precondition(lambda self: self.having("rejected"))
    @rule(pick=PICK)
    def submit_again(self, pick):
        deal = self.one(self.having("rejected"), pick)
        self.pass_time(minutes=1)
        written = deals.registration_of(self.session, deal)
        more = type(written)(**(vars(written) | {"competitors": f"Litware {len(self.happened)}"}))

        def again():
            deals.save(self.session, deal, more, now=self.now)
            deals.submit(self.session, deal, by=self.owner(deal), now=self.now)

        self.do(deal, "submit", again)

    @precondition(lambda self: self.having("rejected"))
    @rule(pick=PICK, granted=st.booleans(), manager=st.integers(0, 1))
    def appeal(self, pick, granted, manager):
        deal, by = self.one(self.having("rejected"), pick), self.managers[manager]
        if deals.appeal_of(self.session, deal.id) is None:
            self.do(deal, "appeal", lambda: deals.appeal(
                self.session, deal, note="Look again.", by=self.owner(deal),
                now=self.now))  # fmt: skip
        verb, act = ("overturn", deals.overturn) if granted else ("uphold", deals.uphold)
        is_own, rivals = by.id == deal.decided_by_id, self.rivals(deal)
        done = self.do(deal, verb, lambda: act(
            self.session, deal, text="We looked again.", by=by, now=self.now))  # fmt: skip
        assert not (done and is_own), "nobody judges their own decision"
        if done and granted:
            assert not any(self.is_protected(rival) for rival in rivals)
            self.through[deal.id] = self.today() + timedelta(days=90)

    @precondition(lambda self: self.having("approved"))
    @rule(pick=PICK, name=st.sampled_from(NAMES), factor=st.sampled_from([1, 2]))
    def change(self, pick, name, factor):
        deal = self.one(self.having("approved"), pick)
        written = deals.registration_of(self.session, deal)
        line = deals.Line(self.family.id, factor, 10_000_00)
        more = type(written)(**(vars(written) | {"customer_name": name, "lines": (line,)}))
        pending = deals.pending_amendment(self.session, deal.id)
        wanted = self.same[name]
        stays = wanted == self.customer(deal) and factor * 10_000_00 == deal.approved_minor
        done = self.do(deal, "amend" if stays else "ask_to_amend", lambda: deals.amend(
            self.session, deal, more, note="News.", by=self.owner(deal),
            now=self.now))  # fmt: skip
        assert not (done and pending), "one change at a time"

    @precondition(lambda self: self.having("approved"))
    @rule(pick=PICK, manager=st.integers(0, 1), yes=st.booleans())
    def answer_the_change(self, pick, manager, yes):
        deal, by = self.one(self.having("approved"), pick), self.managers[manager]
        made = deals.pending_amendment(self.session, deal.id)
        if made is None:
            return
        if yes:
            self.do(deal, "accept_amendment", lambda: deals.accept_amendment(
                self.session, deal, made, by=by, now=self.now))  # fmt: skip
        else:
            self.do(deal, "refuse_amendment", lambda: deals.refuse_amendment(
                self.session, deal, made, text="No.", by=by, now=self.now))  # fmt: skip

    @precondition(lambda self: self.having("submitted", "info_requested", "rejected"))
    @rule(pick=PICK)
    def the_customer_chooses(self, pick):
        deal = self.one(self.having("submitted", "info_requested", "rejected"), pick)
        rosa, ines = self.managers
        losers = [rival for rival in self.rivals(deal) if self.is_protected(rival)]

        def choose():
            choice = deals.name_choice(
                self.session, deal, kind=ChoiceKind.TRANSFER, letter=LETTER, note="Signed.",
                by=rosa, now=self.now,
            )  # fmt: skip
            deals.confirm_choice(self.session, deal, choice, by=ines, now=self.now)

        done = self.do(deal, "name_choice", choose)
        assert not (done and any(self.sums(loser, "accepted") for loser in losers))
        if done:
            self.note(deal.id, "take_over")
            self.through[deal.id] = self.today() + timedelta(days=90)
            for loser in losers:
                self.note(loser, "release")

    @precondition(lambda self: self.having("approved", "expired"))
    @rule(pick=PICK, manager=st.integers(0, 1), yes=st.booleans())
    def more_time(self, pick, manager, yes):
        deal, by = self.one(self.having("approved", "expired"), pick), self.managers[manager]
        if deal.extension_asked_at is None:
            deals.comment(self.session, deal, "Good talks.", visibility=Visibility.ALL,
                          by=self.owner(deal), now=self.now)  # fmt: skip
            self.happened[deal.id].append("comment")
            self.do(deal, "ask_to_extend", lambda: deals.ask_to_extend(
                self.session, deal, note="More time.", by=self.owner(deal),
                now=self.now))  # fmt: skip
        elif not yes:
            self.do(deal, "refuse_extension", lambda: deals.refuse_extension(
                self.session, deal, text="No.", by=by, now=self.now))  # fmt: skip
        else:
            rivals = self.rivals(deal)
            done = self.do(
                deal, "extend", lambda: deals.extend(self.session, deal, by=by, now=self.now)
            )
            if done:
                assert not any(self.is_protected(rival) for rival in rivals)
                more = timedelta(days=30)
                through = self.through[deal.id] + more
                self.through[deal.id] = through if through >= self.today() else self.today() + more

    @precondition(lambda self: self.deals)
    @rule(pick=PICK, lost=st.booleans())
    def give_up(self, pick, lost):
        deal = self.one(self.deals, pick)
        owner = self.owner(deal)
        if lost:
            done = self.do(deal, "lose", lambda: deals.lose(
                self.session, deal, reason="No budget.", by=owner, now=self.now))  # fmt: skip
        else:
            done = self.do(deal, "withdraw", lambda: deals.withdraw(
                self.session, deal, by=owner, now=self.now))  # fmt: skip
        assert not (done and self.sums(deal.id, "accepted")), "a part of it is won"

    @rule(days=st.sampled_from([1, 5, 40, 91]))
    def time_passes(self, days):
        """The worker does what is due, at its instant; what is over ends."""
        self.pass_time(days=days)
        self.worker(lambda topic: True)
        deals.expire_due(self.session, self.now)
        deals.warn_stale(self.session, self.now)
        for deal_id in self.deals:
            if self.is_kept(deal_id) and not self.is_protected(deal_id):
                is_won = bool(self.sums(deal_id, "accepted"))
                self.note_of_the_clock(deal_id, "win" if is_won else "expire")
            elif self.status[deal_id] not in (*LIVE, "won"):
                self.nothing_waits_any_more(deal_id)

    @rule(one=st.sampled_from(NAMES), other=st.sampled_from(NAMES))
    def merge(self, one, other):
        """Two records turn out to be one customer."""
        first, second = self.record(one), self.record(other)
        if first is None or second is None or first.id == second.id:
            return
        meet = any(
            self.is_kept(mine) and self.is_kept(theirs) and self.differ(mine, theirs)
            for mine in self.of(self.same[one])
            for theirs in self.of(self.same[other])
        )
        try:
            with self.session.begin_nested():
                deals.merge_customers(self.session, first, second, reason="The same firm.",
                                      by=self.managers[0], now=self.now)  # fmt: skip
        except Refused:
            assert meet, "nothing forbade the merge"
            return
        assert not meet, "two protections would have met"
        gone, kept = self.same[other], self.same[one]
        self.same = {name: kept if to == gone else to for name, to in self.same.items()}


def test_partners_and_managers_play_and_the_rules_hold(engine, request):
    """A few games; many more, of fifty steps, with --games=2000."""
    Played.engine = engine
    many = request.config.getoption("--games")
    run_state_machine_as_test(
        Played,
        settings=settings(
            max_examples=many or 6,
            stateful_step_count=50 if many else 30,
            phases=[Phase.generate],  # to shrink a game takes longer than to read it
            deadline=None,
        ),
    )
