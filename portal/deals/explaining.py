"""How registration works in this programme: every rule with the value that is in force."""

from __future__ import annotations

from flask import render_template

from models import deals, vendor
from models.deals import MOST_REQUIRED, TenderPolicy
from models.partners import Tier
from models.people import Actor
from models.vendor import Vendor
from portal.database import session
from portal.deals.blueprint import pages
from portal.permissions import Can, allow


@pages.get("/how-it-works")
@allow(Can.SEE_DEALS)
def how_it_works(_person: Actor) -> str:
    programme = vendor.settings(session)
    return render_template(
        "deals/how_it_works.html",
        programme=programme,
        types=[rules for rules in deals.type_rules(session).values() if rules.is_offered],
        tender=TenderPolicy(programme.tender_policy).words,
        most_required=MOST_REQUIRED,
        tier_clocks=_clocks(programme),
        limits=_limits(programme),
    )


def _clocks(programme: Vendor) -> list[tuple[str, str]]:
    """The tiers that are answered sooner or later than the others."""
    days = {tier: programme.decision_days(tier.value) for tier in Tier}
    return [
        (f"For tier {tier.value}", f"{many} business day{'' if many == 1 else 's'}")
        for tier, many in days.items()
        if many != programme.decision_business_days
    ]


def _limits(programme: Vendor) -> list[tuple[str, str]]:
    most = programme.capacity or {}
    return [
        (f"At most, tier {tier.value}", f"{most[tier.value]:,} open registrations at a time")
        for tier in Tier
        if most.get(tier.value) is not None
    ]
