"""How deals end in the random games: won whole or in parts, revoked, decided by a case."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import select

from models import deals, wins
from models.deals import ChoiceKind, Deal, RevokeReason
from models.deals.conflicts import (
    Conflict,
    ConflictSide,
    ConflictStatus,
    Decision,
    Outcome,
    Rule,
    Standing,
    sides_of,
)
from models.deals.conflicts import operations as conflicts
from models.engagements import Touch, TouchDetails, TouchKind
from models.errors import Refused
from models.files import Upload
from models.wins import Order
from tests.deals_model import LIVE, NAMES, PICK, DealsModel

LETTER = Upload("letter.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")
MANAGER = st.integers(0, 1)


class Endings(DealsModel):
    """An order that is not what was registered waits; who has a part won cannot lose it."""

    @precondition(lambda self: self.having("approved"))
    @rule(pick=PICK, percent=st.sampled_from([25, 50, 100, 300]), is_last=st.booleans(),
          by_staff=st.booleans())  # fmt: skip
    def win(self, pick, percent, is_last, by_staff):
        deal = self.one(self.having("approved"), pick)
        by = self.managers[0] if by_staff else self.owner(deal)
        minor = deal.value.minor * percent // 100
        order = Order(number=f"SO-{len(self.happened[deal.id])}", ordered_at=self.now,
                      amount_minor=minor, is_complete=is_last)  # fmt: skip
        ordered = sum(self.sums(deal.id, "accepted", "waiting")) + minor
        waits = self.is_off(deal, ordered, is_last)
        accepted = {"": ("accepted", minor, is_last)} | self.orders[deal.id]
        ends = not waits and self.is_whole(accepted)
        verb = "order_asks" if waits else "win" if ends else "order"
        kept = []
        done = self.do(deal, verb, lambda: kept.append(wins.record(
            self.session, deal, order, self.a.hand_over(), by=by, now=self.now)))  # fmt: skip
        assert done, "whoever is protected may win"
        self.orders[deal.id][kept[0].id] = ("waiting" if waits else "accepted", minor, is_last)

    @precondition(lambda self: self.waiting_orders())
    @rule(pick=PICK, manager=MANAGER, yes=st.booleans())
    def look_at_the_win(self, pick, manager, yes):
        waiting, by = self.waiting_orders(), self.managers[manager]
        deal_id, order_id = waiting[pick % len(waiting)]
        deal = self.session.get_one(Deal, deal_id)
        _, minor, is_last = self.orders[deal_id][order_id]
        is_own = self.session.get_one(wins.DealOrder, order_id).recorded_by_id == by.id
        if yes:
            verb, to = "order_accepted", "accepted"
            done = self.do(deal, verb, lambda: wins.accept(
                self.session, deal, order_id, by=by, now=self.now))  # fmt: skip
        else:
            verb, to = "order_returned", "returned"
            done = self.do(deal, verb, lambda: wins.send_back(
                self.session, deal, order_id, reason="Not that.", by=by,
                now=self.now))  # fmt: skip
        assert done is not is_own, "nobody judges their own win, and everybody else may"
        if done:
            self.orders[deal_id][order_id] = (to, minor, is_last)
            if self.is_whole(self.orders[deal_id]):
                self.note(deal_id, "win")

    @precondition(lambda self: self.having("approved"))
    @rule(pick=PICK, by_staff=st.booleans())
    def nothing_more_comes(self, pick, by_staff):
        deal = self.one(self.having("approved"), pick)
        by = self.managers[0] if by_staff else self.owner(deal)
        won = self.sums(deal.id, "accepted")
        done = self.do(deal, "win", lambda: wins.complete(self.session, deal, by=by, now=self.now))
        is_off = self.is_off(deal, sum(won), True)
        may = bool(won) and not self.sums(deal.id, "waiting") and (by_staff or not is_off)
        assert done is may

    @precondition(lambda self: self.having("approved"))
    @rule(pick=PICK, manager=MANAGER, is_stale=st.booleans())
    def revoke(self, pick, manager, is_stale):
        deal, by = self.one(self.having("approved"), pick), self.managers[manager]
        code = RevokeReason.STALE if is_stale else RevokeReason.UNTRUE
        done = self.do(deal, "revoke", lambda: deals.revoke(
            self.session, deal, code=code, text="Not so.", by=by, now=self.now))  # fmt: skip
        has_part = bool(self.sums(deal.id, "accepted"))
        assert done is not has_part or is_stale

    @precondition(lambda self: self.having("approved"))
    @rule(pick=PICK, holds=st.booleans())
    def the_customer_lets_go(self, pick, holds):
        deal = self.one(self.having("approved"), pick)
        rosa, ines = self.managers

        def letter():
            choice = deals.name_choice(
                self.session, deal, kind=ChoiceKind.RELEASE, letter=LETTER, note="Signed.",
                by=rosa, now=self.now,
            )  # fmt: skip
            if holds:
                deals.confirm_choice(self.session, deal, choice, by=ines, now=self.now)
            else:
                deals.decline_choice(
                    self.session, deal, choice, text="No stamp.", by=ines, now=self.now
                )

        with_part = bool(self.sums(deal.id, "accepted"))
        try:
            with self.session.begin_nested():
                letter()
        except Refused:
            assert with_part and holds
            return
        assert not (with_part and holds), "a part of it is won"
        if holds:  # before, the partner is told nothing
            self.note(deal.id, "release")

    @rule(name=st.sampled_from(NAMES))
    def our_own_people_sell(self, name):
        record = self.record(name)
        if record is None:
            return
        linda, today = self.a.seller_of_vendor(), self.today()
        details = TouchDetails(
            customer_id=record.id, family_id=self.family.family_id, person_id=linda.id,
            person_name=linda.name, kind=TouchKind.DIRECT, happened_on=today,
        )  # fmt: skip
        told = [
            deal_id for deal_id in self.of(self.same[name])
            if self.status[deal_id] in LIVE[:2]
            or (self.status[deal_id] in ("approved", "won") and self.through[deal_id] >= today)
        ]  # fmt: skip
        done = conflicts.record_touch(self.session, details, by=linda, now=self.now)
        for deal_id in told if done.is_new else ():
            self.note(deal_id, "touch")

    @precondition(lambda self: self.open_cases())
    @rule(pick=PICK, manager=MANAGER, whose=st.integers(0, 3))
    def a_case_is_decided(self, pick, manager, whose):
        """In favour of one party, of our own people when they are one, or of nobody."""
        found, by = self.open_cases(), self.managers[manager]
        conflict = found[pick % len(found)]
        sides = [one for one in sides_of(self.session, conflict.id)
                 if one.standing is Standing.OPEN]  # fmt: skip
        for side in sides:
            if self.now <= side.evidence_by:
                owner = self.owner(self.session.get_one(Deal, side.deal_id))
                conflicts.file_evidence(
                    self.session, side, text="We met the buyer.", by=owner, now=self.now
                )
        decision = self.decision(conflict, sides, whose)
        losers = [side.deal_id for side in sides if side.id != decision.favoured]
        done = self.attempt(lambda: conflicts.decide(
            self.session, conflict, decision, by=by, now=self.now))  # fmt: skip
        has_part = any(self.sums(one, "accepted") for one in losers if self.is_kept(one))
        assert done is not has_part, self.why
        if done:
            for loser in losers:
                self.note(loser, "revoke" if self.is_kept(loser) else "reject")

    @precondition(lambda self: self.lost_sides())
    @rule(pick=PICK, manager=MANAGER, is_granted=st.booleans())
    def who_lost_a_case_appeals(self, pick, manager, is_granted):
        found, by = self.lost_sides(), self.managers[manager]
        side = found[pick % len(found)]
        conflict = self.session.get_one(Conflict, side.conflict_id)
        owner = self.owner(self.session.get_one(Deal, side.deal_id))
        if not self.attempt(lambda: conflicts.appeal(
                self.session, side, text="Look again.", by=owner, now=self.now)):  # fmt: skip
            return
        sides = [one for one in sides_of(self.session, conflict.id)
                 if one.standing in (Standing.FAVOURED, Standing.REFUSED)]  # fmt: skip
        texts = {one.id: "We looked again." for one in sides}
        if is_granted:
            decision = Decision(outcome=Outcome.PARTNER, favoured=side.id,
                                rule=Rule.FIRST_COMPLETE, texts=texts)  # fmt: skip
        else:
            decision = Decision(outcome=conflict.outcome, favoured=conflict.favoured_id,
                                rule=conflict.rule, texts=texts)  # fmt: skip
        is_own = by.id == conflict.decided_by_id
        losers = [one.deal_id for one in sides if one.id != side.id] if is_granted else []
        has_part = any(self.sums(one, "accepted") for one in losers if self.is_kept(one))
        asked = [one for one in losers if self.status[one] in LIVE[:2]]
        is_elsewhere = bool(self.contested() & set(asked))
        done = self.attempt(lambda: conflicts.judge(
            self.session, conflict, decision, by=by, now=self.now))  # fmt: skip
        assert done is not (is_own or has_part or is_elsewhere), self.why
        if not (done and is_granted):
            return
        if self.status[side.deal_id] in ("rejected", "revoked"):
            self.note(side.deal_id, "reinstate")
        for loser in losers:
            if self.status[loser] in LIVE:
                self.note(loser, "revoke" if self.is_kept(loser) else "reject")

    # What they ask the model

    def is_off(self, deal, minor, is_last):
        value = deal.value.minor
        return minor * 100 > value * 125 or (is_last and minor * 100 < value * 75)

    def is_whole(self, orders):
        """Nothing waits, and the last order is there."""
        states = [state for state, _, _ in orders.values()]
        has_last = any(state == "accepted" and is_last for state, _, is_last in orders.values())
        return "waiting" not in states and has_last

    def waiting_orders(self):
        return [
            (deal_id, order_id)
            for deal_id in self.having("approved")
            for order_id, (state, _, _) in self.orders[deal_id].items()
            if state == "waiting"
        ]

    def nothing_waits_any_more(self, deal_id):
        for order_id, (state, minor, is_last) in self.orders[deal_id].items():
            if state == "waiting":
                self.orders[deal_id][order_id] = ("returned", minor, is_last)

    def open_cases(self):
        is_open = Conflict.status == ConflictStatus.OPEN
        return self.session.scalars(select(Conflict).where(is_open).order_by(Conflict.id)).all()

    def contested(self):
        """Deals that are a party of an open case."""
        is_open = ConflictSide.standing == Standing.OPEN
        return set(self.session.scalars(select(ConflictSide.deal_id).where(is_open)))

    def lost_sides(self):
        lost = select(ConflictSide).where(
            ConflictSide.standing == Standing.REFUSED,
            ConflictSide.appealed_at.is_(None),
            ConflictSide.appeal_by >= self.now,
        )
        return self.session.scalars(lost.order_by(ConflictSide.id)).all()

    def decision(self, conflict, sides, whose):
        texts = {side.id: "As the rules say." for side in sides}
        if whose == 0:
            said = {"outcome": Outcome.NOBODY, "rule": Rule.OTHER}
        elif whose == 1 and conflict.touch_id:
            said = {"outcome": Outcome.VENDOR, "rule": Rule.VENDOR_ENGAGED}
        else:
            favoured = sides[whose % len(sides)].id
            said = {"outcome": Outcome.PARTNER, "favoured": favoured, "rule": Rule.FIRST_COMPLETE}
        return Decision(texts=texts, **said)

    def is_ours(self, deal):
        """Whether our own people sell there, or ever did."""
        touched = select(Touch.customer_id).where(Touch.kind == TouchKind.DIRECT)
        record = self.record(deal.customer_name)
        return record is not None and record.id in set(self.session.scalars(touched))
