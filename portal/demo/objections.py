"""Disputes of the demonstration: open, decided, and one about a missing sale, decided by two."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from models import commissions
from models.calendars import month_of, next_month
from models.commissions import Code, CommissionLine
from models.commissions.disputes import Decision, Dispute, DisputeReason, Missing, Objection
from models.files import Upload
from models.money import Money
from portal.demo.story import Story

PARTNER, OTHER = "212", "85"
AGREED = """Note of the call with the channel manager

The frames of this order earn 12 percent instead of 10, as a thank-you for the trade fair.
"""


def object_to(story: Story) -> None:
    last_month = next_month(month_of(story.today), by=-1)
    decided_at = story.now - timedelta(days=2)
    decided = _open(
        story,
        PARTNER,
        _lines(story, PARTNER, last_month)[1],
        DisputeReason.BASIS,
        "The freight was left out twice; the customer paid more than the line says.",
        decided_at - timedelta(days=3),
    )
    commissions.decide_dispute(
        story.session,
        decided,
        Decision(
            "accept_in_part",
            "You are right about one of the two pallets; the other one is freight.",
            Money(max(decided.amount_minor // 20, 1_00), decided.currency),
        ),
        by=story.staff["finance"],
        at=decided_at,
        now=decided_at,
    )
    for reseller, text in (
        (
            PARTNER,
            "Your manager promised 12 percent for this order; my note of the call is attached.",
        ),
        (OTHER, "This customer was registered by us; the uplift is missing."),
    ):
        found = _lines(story, reseller, last_month)
        if found:
            at = story.now - timedelta(days=1, hours=3)
            _open(story, reseller, found[0], DisputeReason.RATE, text, at)
    _miss(story, last_month)


def _open(
    story: Story,
    reseller: str,
    line: CommissionLine,
    reason: DisputeReason,
    text: str,
    at: datetime,
) -> Dispute:
    claimed = Money(line.amount_minor * 12 // 10, line.currency)
    dispute_id = commissions.open_dispute(
        story.session,
        line.id,
        Objection(reason, text, line.amount, claimed),
        uploads=[Upload(f"note-of-the-call-{line.number}.txt", AGREED.encode())],
        by=story.sellers[reseller],
        at=at,
        now=at,
    )
    return story.session.get_one(Dispute, dispute_id)


def _miss(story: Story, month: str) -> None:
    """A sale that is on no statement: finance wants to add more than one person may."""
    partner, at = story.partners[PARTNER], story.now - timedelta(days=4)
    missing = Missing(
        sale="Order 2209 of the town's cycling club",
        month=month,
        text="The club paid you directly at the fair. It was our deal, as your stand knew.",
        expected=Money.of("900", partner.currency),
    )
    dispute_id = commissions.miss_sale(
        story.session,
        missing,
        partner_id=partner.id,
        uploads=[Upload("receipt-2209.txt", b"Paid at the stand, 40 helmets and 12 frames.\n")],
        by=story.sellers[PARTNER],
        at=at,
        now=at,
    )
    commissions.decide_dispute(
        story.session,
        story.session.get_one(Dispute, dispute_id),
        Decision("accept", "The stand confirms it: the club came through you."),
        by=story.staff["finance"],
        at=at + timedelta(days=1),
        now=at + timedelta(days=1),
    )


def _lines(story: Story, reseller: str, month: str) -> list[CommissionLine]:
    """The largest first."""
    return list(
        story.session.scalars(
            select(CommissionLine)
            .where(
                CommissionLine.partner_id == story.partners[reseller].id,
                CommissionLine.period == month,
                CommissionLine.code == Code.BASE,
                CommissionLine.amount_minor > 0,
            )
            .order_by(CommissionLine.amount_minor.desc(), CommissionLine.id)
            .limit(2)
        )
    )
