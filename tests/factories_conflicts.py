"""Conflict cases and touches of our own people, as tests want them."""

from sqlalchemy import select

from models import deals
from models.deals import Deal
from models.deals.conflicts import Conflict, ConflictSide, Decision, Outcome, Rule, sides_of
from models.deals.conflicts import operations as conflicts
from models.engagements import Touch, TouchDetails, TouchKind
from models.people import Actor
from tests.factories_deals import DealFactories

KESTREL = "Kestrel Foods Ltd"


class ConflictFactories(DealFactories):
    def contest(self, *, alike: bool = False) -> tuple[Deal, Deal]:
        """Two partners' registrations of one customer, the first approved; their case is open.

        alike: of two customers that only look the same.
        """
        first = self.approved(customer_name=KESTREL, partner=self.partner(name="Bike World"))
        name = "Kestrel Food Ltd" if alike else KESTREL
        second = self.submitted(customer_name=name, partner=self.partner(name="Velo Haus"))
        return first, second

    def case_of(self, deal: Deal) -> Conflict:
        found = select(Conflict).join(ConflictSide, ConflictSide.conflict_id == Conflict.id)
        latest = found.where(ConflictSide.deal_id == deal.id).order_by(Conflict.opened_at.desc())
        return self.session.scalars(latest.limit(1)).one()

    def side_of(self, deal: Deal) -> ConflictSide:
        found = select(ConflictSide).where(ConflictSide.deal_id == deal.id)
        return self.session.scalars(found.order_by(ConflictSide.opened_at.desc()).limit(1)).one()

    def evidence(self, deal: Deal, text: str = "We met the buyer in May.", **said) -> bool:
        usual = {"text": text, "by": self.registrant(deal), "now": self.now}
        return conflicts.file_evidence(self.session, self.side_of(deal), **(usual | said))

    def decision(self, conflict: Conflict, favoured: Deal | None = None, **said) -> Decision:
        """In favour of that deal, or of nobody; each party reads a text of its own."""
        sides = sides_of(self.session, conflict.id)
        usual = {
            "outcome": Outcome.PARTNER if favoured else Outcome.NOBODY,
            "favoured": self.side_of(favoured).id if favoured else None,
            "rule": Rule.FIRST_COMPLETE,
            "texts": {side.id: f"Words for {side.number}." for side in sides},
        }
        return Decision(**(usual | said))

    def decided(self, conflict: Conflict, favoured: Deal | None = None, **said) -> Conflict:
        """Once each party has filed."""
        by = said.pop("by", None) or self.decider()
        for side in sides_of(self.session, conflict.id):
            self.evidence(self.session.get_one(Deal, side.deal_id))
        decision = self.decision(conflict, favoured, **said)
        conflicts.decide(self.session, conflict, decision, by=by, now=self.now)
        self.session.flush()
        return conflict

    def touch(
        self, deal: Deal, kind: TouchKind = TouchKind.CALL, *, by: Actor | None = None, **said
    ) -> Touch:
        """Of our own sales manager, today, at the deal's customer."""
        by = by or self.seller_of_vendor()
        usual = {
            "customer_id": deal.customer_id,
            "family_id": deal.family_id,
            "person_id": by.id,
            "person_name": by.name,
            "kind": kind,
            "happened_on": self.now.date(),
        }
        details = TouchDetails(**(usual | said))
        recorded = conflicts.record_touch(self.session, details, by=by, now=self.now)
        self.session.flush()
        return recorded.touch

    def reject(self, deal: Deal, text: str = "Too small.") -> None:
        code = deals.RejectReason.OTHER
        deals.reject(self.session, deal, code=code, text=text, by=self.decider(), now=self.now)
