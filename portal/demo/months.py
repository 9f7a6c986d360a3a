"""What the customers paid, the plans that pay for it, two closed months, and one payout run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from models import commissions, payouts, sales
from models.calendars import first_day, month_of, next_month
from models.commissions import closes
from models.money import Money
from models.partners import PartnerRole
from models.payouts import queries as payout_queries
from models.people import SYSTEM
from models.sales import Invoice
from portal.demo.story import Story

PAID_AFTER = (9, 12, 15, 18, 21, 24, 27, 34, 41, None)
"""Days until each tenth of the customers pays; the last ones have not."""
INSTALMENTS_EVERY = 8
"""Every so many invoices are paid in two halves."""
CREDITED = {11: "Two frames arrived scratched", 40: "Ordered twice by mistake"}
"""Which invoices are credited in part, and why."""

RESELLER_RULES = {
    "base": {
        "type": "by_category",
        "rates": {"bikes": "0.08", "frames": "0.10", "clothing": "0.12"},
    },
    "dealreg_uplift": "0.02",
    "override": {"rate": "0.03", "basis": "net"},
    "clawback": {"days": 90, "instalments": 3},
}
QUARTERLY_RULES = {
    "base": {
        "type": "tier",
        "mode": "marginal",
        "window": "quarter",
        "tiers": [["0", "0.08"], ["25000", "0.10"], ["100000", "0.12"]],
    },
    "dealreg_uplift": "0.02",
    "override": {"rate": "0.03", "basis": "net"},
    "holdback": {"pct": "0.05", "days": 60},
    "clawback": {"days": 90},
}
QUARTERLY_FOR = "212"
"""Whose plan it is, from this month on."""

DISTRIBUTOR_RULES = {"base": {"type": "flat", "rate": "0.06"}, "clawback": {"days": 90}}


def plan(story: Story) -> None:
    """One plan for those who sell, one for distributors, in force since last year."""
    from_on = story.today.replace(year=story.today.year - 1, month=1, day=1)
    at: dict[str, Any] = {"by": story.staff["administrator"], "now": story.at(from_on)}
    second = story.staff["finance"]
    for name, rules, role in (
        ("Sellers: by category, registered deals earn more", RESELLER_RULES, None),
        ("Distributors: six percent", DISTRIBUTOR_RULES, PartnerRole.DISTRIBUTOR),
    ):
        made = commissions.make_plan(
            story.session, name=name, currency="USD", time_zone="America/Los_Angeles", **at
        )
        commissions.add_version(
            story.session, made, rules=rules, from_on=from_on, approved_by=second, **at
        )
        commissions.assign(story.session, made, role=role, from_on=from_on, **at)
    _quarterly(story)


def _quarterly(story: Story) -> None:
    from_on = story.today.replace(day=1)
    at: dict[str, Any] = {"by": story.staff["administrator"], "now": story.at(from_on)}
    made = commissions.make_plan(
        story.session, name="Quarterly volume, a part held back", currency="USD",
        time_zone="America/Los_Angeles", **at,
    )  # fmt: skip
    commissions.add_version(
        story.session, made, rules=QUARTERLY_RULES, from_on=from_on,
        approved_by=story.staff["finance"], **at,
    )  # fmt: skip
    partner_id = story.partners[QUARTERLY_FOR].id
    commissions.assign(story.session, made, partner_id=partner_id, from_on=from_on, **at)


def live(story: Story, invoices: list[Invoice]) -> None:
    """Payments day by day; each month is closed on the second day of the next."""
    this_month = month_of(story.today)
    waiting = [next_month(this_month, by=-2), next_month(this_month, by=-1)]
    for at, invoice, share in sorted(_payments(story, invoices), key=lambda row: row[:1]):
        while waiting and at >= _closing(story, waiting[0]):
            _end(story, invoices, waiting.pop(0))
        _pay(story, invoice, at, share)
        story.tick("payments")
    for month in waiting:
        _end(story, invoices, month)
    for number, reason in CREDITED.items():
        _credit(story, invoices[number], reason, story.today - timedelta(days=3))
    commissions.catch_up(story.session, now=story.now)


def _payments(
    story: Story, invoices: list[Invoice]
) -> Iterator[tuple[datetime, Invoice, tuple[int, int]]]:
    """When, which invoice, and which part of how many of it; nothing after today."""
    for number, invoice in enumerate(invoices):
        days = PAID_AFTER[number % len(PAID_AFTER)]
        parts = 2 if number % INSTALMENTS_EVERY == 3 else 1
        for part in range(parts) if days else ():
            on = invoice.issued_on + timedelta(days=(days or 0) + 14 * part)
            if on <= story.today:
                yield story.at(on, hour=8 + number % 9), invoice, (part + 1, parts)


def _pay(story: Story, invoice: Invoice, at: datetime, share: tuple[int, int]) -> None:
    part, parts = share
    amount = invoice.open_minor if part == parts else invoice.gross_minor // parts
    sales.record_payment(
        story.session,
        invoice,
        reference=f"{invoice.number} {part}/{parts}",
        paid_at=at,
        amount=Money(amount, invoice.currency),
        by=story.staff["finance"],
        now=at + timedelta(minutes=1),
    )


def _end(story: Story, invoices: list[Invoice], month: str) -> None:
    """Before the later month is closed a customer sends back what it paid for before."""
    first = first_day(month)
    if next_month(month) == month_of(story.today):
        leads = story.partners[QUARTERLY_FOR].id
        paid = [
            one for one in invoices
            if one.partner_id != leads and not one.open_minor and one.issued_on < first
        ]  # fmt: skip
        theirs = [
            one for one in invoices
            if one.partner_id == leads and not one.open_minor and one.issued_on < first
        ]  # fmt: skip
        for invoice in [*paid[:1], *theirs[:1]]:
            _credit(story, invoice, "Sent back after the season", first + timedelta(days=19))
    _close(story, month)


def _credit(story: Story, invoice: Invoice, reason: str, on: date) -> None:
    sales.record_credit_note(
        story.session,
        invoice,
        number=f"CN-{invoice.number.removeprefix('INV-')}",
        issued_at=story.at(on),
        amount=Money(invoice.net_minor // 10, invoice.currency),
        reason=reason,
        by=story.staff["finance"],
        now=story.at(on),
    )


def _closing(story: Story, month: str) -> datetime:
    second: date = first_day(next_month(month)) + timedelta(days=1)
    return story.at(second, hour=6)


def _close(story: Story, month: str) -> None:
    """Proposed by one, confirmed by another an hour later."""
    session, at = story.session, _closing(story, month)
    commissions.settle_month(session, month, now=at)
    seen = closes.seen_of(session, month)
    proposal = commissions.propose_close(
        session, month, seen=seen, early=False, by=story.staff["finance"], now=at
    )
    assert proposal is not None, "the amounts have just been looked at"
    later = at + timedelta(hours=1)
    close = commissions.confirm_close(
        session, proposal, by=story.staff["finance.second"], now=later
    )
    assert close is not None, "nothing happens in the hour between"
    while commissions.state_some(session, close, by=SYSTEM, now=later):
        pass
    story.tick("months")


def pay_out(story: Story) -> None:
    """The older closed month in dollars: prepared by one, released by another, paid by hand."""
    month = next_month(month_of(story.today), by=-2)
    prepared = _closing(story, month) + timedelta(days=1)
    run = payouts.prepare(
        story.session, month, "USD", rails=story.rails, by=story.staff["finance"], now=prepared
    )
    payouts.release(
        story.session,
        run,
        seen=payout_queries.seen_of(story.session, run),
        rails=story.rails,
        by=story.staff["finance.second"],
        now=prepared + timedelta(hours=3),
    )
    paid_at = prepared + timedelta(days=2)
    payouts.mark_run_paid(
        story.session,
        run,
        reference=f"Transfers of {paid_at:%d %B %Y}",
        paid_on=paid_at.date(),
        by=story.staff["finance.second"],
        now=paid_at,
    )
