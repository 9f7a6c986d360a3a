"""Wins that are not plain: one in parts, one that waits, one shared; and renewals that are due."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from models import renewals, wins
from models.deals import Deal
from models.wins import HandOver, Order, SharingSide
from portal.demo import deals
from portal.demo.deals import Need
from portal.demo.queue import BIKES, FRAMES, ROAD
from portal.demo.story import Story

OWNER, FULFILS, OTHER = "212", "85", "355"
MANAGER = "290"

Goods = tuple[tuple[str, int], ...]


def tell(story: Story) -> None:
    _in_parts(story)
    _waiting(story)
    _shared(story)
    renewals.propose_due(story.session, story.now)
    story.tick("today")


def _approved(story: Story, reseller: str, number: int, goods: Goods) -> Deal:
    need = Need(reseller, deals.priced(story, reseller, *goods), number)
    begun = story.now - timedelta(days=40)
    deal = deals.submit(story, need, at=begun, close_on=story.today + timedelta(days=20))
    deals.approve(story, deal, at=begun + timedelta(days=1))
    return deal


def _order(
    story: Story, deal: Deal, reseller: str, number: str, days_ago: int, share: int, *, last: bool
) -> None:
    """share: of the registered value, in percent."""
    at = story.now - timedelta(days=days_ago)
    starts_on = story.today + timedelta(days=10)
    wins.record(
        story.session,
        deal,
        Order(
            ordered_at=at,
            number=number,
            amount_minor=deal.value.minor * share // 100,
            is_complete=last,
        ),
        HandOver(f"workshop@{deal.customer_domain}", starts_on, starts_on + timedelta(days=365)),
        by=story.sellers[reseller],
        now=at,
    )


def _in_parts(story: Story) -> None:
    deal = _approved(story, OWNER, 401, BIKES)
    _order(story, deal, OWNER, "PO-5107", 9, 40, last=False)
    _order(story, deal, OWNER, "PO-5133", 3, 30, last=False)


def _waiting(story: Story) -> None:
    deal = _approved(story, OTHER, 402, ROAD)
    _order(story, deal, OTHER, "4500017", 1, 150, last=True)


def _shared(story: Story) -> None:
    """Enterprise Center registered it; a partner nearer to the customer delivers."""
    deal = _approved(story, OWNER, 403, FRAMES)
    at = story.now - timedelta(days=6)
    seller, other = story.sellers[OWNER], story.partners[FULFILS]
    wins.propose(
        story.session,
        deal,
        named=other.name,
        own_percent=Decimal(60),
        message="They want the frames built up on site.",
        by=seller,
        now=at,
    )
    wins.offer(
        story.session,
        deal,
        fulfilling_id=other.id,
        registering_percent=Decimal(60),
        by=story.staff[MANAGER],
        now=at + timedelta(hours=4),
    )
    asked = select(SharingSide).where(SharingSide.partner_id == other.id)
    theirs = story.session.scalars(asked).one()
    wins.agree(story.session, theirs, by=story.sellers[FULFILS], now=at + timedelta(days=1))
