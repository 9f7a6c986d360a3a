"""Registrations of other kinds: a tender, a take-out, a renewal, and a file of many deals."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from models import deals as verbs
from models.deals import Deal, DealStatus, DealType, Entry, Registration
from portal.demo import deals
from portal.demo.deals import Need
from portal.demo.story import Story

SELLER, RIVAL = "212", "122"
CLOSE_IN = timedelta(days=60)


def fill(story: Story) -> None:
    _tender(story)
    _take_out(story)
    _renewal_of_what_was_sold(story)
    _many_by_file(story)


def _tender(story: Story) -> None:
    begun = _begun(story, SELLER, 331, ("BK-R50B-52", 24))
    public = story.today + timedelta(days=18)
    _submit(
        story, begun, hours=7, kind=DealType.RFP, project="Police patrol 2027",
        tender_number="2027/S 031-4411", tender_published_on=public,
    )  # fmt: skip


def _take_out(story: Story) -> None:
    begun = _begun(story, SELLER, 332, ("BK-M82S-44", 9))
    _submit(
        story, begun, hours=30, kind=DealType.TAKE_OUT, replaces="Litware Cycles",
        replace_reason="Spare parts take eleven weeks, and the hire fleet stands still meanwhile.",
    )  # fmt: skip


def _renewal_of_what_was_sold(story: Story) -> None:
    """Somebody else registers the renewal; whoever won the deal is told, and may comment."""
    won = (
        select(Deal)
        .where(Deal.partner_id == story.partners[SELLER].id, Deal.status == DealStatus.WON)
        .order_by(Deal.won_on.desc(), Deal.id)
    )
    sold = story.session.scalars(won).first()
    if sold is None:
        return
    before = verbs.registration_of(story.session, sold)
    need = Need(RIVAL, (), 333)
    begun = deals.register(story, need, at=story.now - timedelta(hours=4), close_on=story.today)
    customer = {name: value for name, value in vars(before).items() if name.startswith("customer_")}
    _submit(
        story, begun, hours=3, **customer, kind=DealType.RENEWAL, lines=before.lines,
        previous_order="SO-2201", previous_ends_on=story.today + timedelta(days=45),
        expected_close_on=story.today + CLOSE_IN,
    )  # fmt: skip


def _many_by_file(story: Story) -> None:
    """Three lines: two are registered, one lacks what its kind requires."""
    by, names = story.sellers[SELLER], ("Chiemsee Radverleih", "Inn Valley Tours", "Lech Couriers")
    lines = deals.priced(story, SELLER, ("BK-R93R-62", 4), ("FR-M94S-46", 12), ("BK-M82B-48", 5))
    entries = []
    for row, (name, (sku, many, unit)) in enumerate(zip(names, lines, strict=True), start=2):
        registration = Registration(
            customer_name=name,
            customer_country="DE",
            expected_close_on=story.today + CLOSE_IN,
            problem=deals.PROBLEMS[row % len(deals.PROBLEMS)] if row < 4 else "New bikes.",
            contact_name=deals.CONTACTS[row],
            contact_email=f"purchasing@{name.split()[0].lower()}.example",
            lines=(verbs.Line(story.product_id(sku), many, unit),),
        )
        cells = {"customer": name, "country": "DE", "sku": sku, "quantity": str(many)}
        entries.append(Entry(row, name, [cells], registration))
    verbs.register_many(
        story.session, entries, file_name="spring-2027.csv", partner_id=story.partners[SELLER].id,
        by=by, now=story.now - timedelta(hours=2),
    )  # fmt: skip


def _begun(story: Story, reseller: str, number: int, *goods: tuple[str, int]) -> Deal:
    need = Need(reseller, deals.priced(story, reseller, *goods), number)
    return deals.register(
        story, need, at=story.now - timedelta(days=2), close_on=story.today + CLOSE_IN
    )


def _submit(story: Story, deal: Deal, *, hours: int, **said: object) -> None:
    """With what its kind asks for."""
    at = story.now - timedelta(hours=hours)
    written = replace(verbs.registration_of(story.session, deal), **said)  # type: ignore[arg-type]
    verbs.save(story.session, deal, written, now=at - timedelta(minutes=10))
    by = next(actor for actor in story.sellers.values() if actor.id == deal.registered_by_id)
    verbs.submit(story.session, deal, by=by, now=at)
    story.tick("today")
