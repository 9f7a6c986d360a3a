"""Claims decided: approved, limited, offered otherwise; two at once; routing follows."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from models import claims
from models.claims import ClaimStatus, RefuseReason, Terms
from models.deals import DealStatus
from models.errors import Refused
from models.notices import Notice
from models.scope import Scope, open_session
from models.territories import Area, Territory, TerritoryHold, lines

MUNICH = ("postal", "80-81", "DE")


def in_munich(a, **said):
    return a.submitted(customer_postal_code="80331", customer_subdivision="DE-BY", **said)


def test_an_undecided_claim_gives_no_right(session, a):
    claim = a.claimed(MUNICH)
    assert session.scalars(select(Territory)).all() == []
    assert in_munich(a).territory_id is None
    assert claim.status is ClaimStatus.SUBMITTED


def test_an_approved_claim_is_a_territory_and_what_is_registered_there_is_routed_by_it(session, a):
    germany = a.territory(("country", "DE"), name="Germany", channel_manager_id=a.manager().id)
    claim = a.holding(MUNICH)
    land = session.get_one(Territory, claim.territory_id)
    assert (land.owner_id, land.is_exclusive, land.parent_id) == (
        claim.partner_id,
        True,
        germany.id,
    )
    inside, outside = in_munich(a), a.submitted(customer_postal_code="10115")
    assert inside.territory_id == land.id
    assert inside.channel_manager_id == germany.channel_manager_id
    assert outside.territory_id == germany.id


def test_a_claim_of_a_whole_country_goes_before_the_vendors_own_drawing_of_it(session, a):
    a.territory(("country", "DE"), name="Germany")
    claim = a.holding(("country", "DE"))
    deal = a.submitted()
    assert deal.territory_id == claim.territory_id


def test_an_exclusive_claim_takes_two_people(session, a, now):
    claim, first = a.claimed(MUNICH), a.decider()
    claims.approve(session, claim, by=first, now=now)
    assert claim.status is ClaimStatus.BACKED and claim.territory_id is None
    with pytest.raises(Refused, match="somebody else"):
        claims.approve(session, claim, by=first, now=now)
    claims.approve(session, claim, by=a.second(), now=now)
    assert claim.status is ClaimStatus.ACTIVE


def test_one_that_is_not_exclusive_takes_one(session, a, now):
    claim = a.claimed(MUNICH, is_exclusive=False)
    claims.approve(session, claim, by=a.decider(), now=now)
    assert claim.status is ClaimStatus.ACTIVE
    assert session.scalars(select(TerritoryHold)).all() == []


def test_a_claim_whose_first_day_is_over_is_not_approved_as_asked(session, a, now):
    claim, later = a.claimed(MUNICH), a.later(days=1)
    with pytest.raises(Refused, match="first day, 18 November 2026, is over"):
        claims.approve(session, claim, by=a.decider(), now=later)


def test_the_second_person_may_ask_to_look_again(session, a, now):
    claim = a.claimed(MUNICH)
    claims.approve(session, claim, by=a.decider(), now=now)
    with pytest.raises(Refused, match="somebody else"):
        claims.send_back(session, claim, note="Too early", by=a.decider(), now=now)
    claims.send_back(session, claim, note="The plan is thin.", by=a.second(), now=now)
    assert claim.status is ClaimStatus.SUBMITTED and claim.backed_by_id is None


def test_what_meets_an_exclusive_territory_of_another_is_refused_and_named_to_staff_only(
    session, a, now
):
    held = a.holding(("country", "DE"), partner=a.partner(name="Bolt Cycles"))
    late = a.claimed(MUNICH)
    with pytest.raises(Refused, match=r"Bolt Cycles.*until 18 November 2027"):
        claims.approve(session, late, by=a.decider(), now=now)
    assert held.status is ClaimStatus.ACTIVE


@pytest.mark.parametrize(
    "apart",
    [
        {"products": ("parts",)},
        {"naics": ("52",)},
        {"employees_from": 1_000, "employees_to": None},
        {"from_on": date(2027, 11, 18), "to_on": date(2028, 11, 18)},
    ],
)
def test_another_family_segment_or_time_is_free(a, apart):
    usual = {"products": ("bikes",), "naics": ("31-33",), "employees_to": 999}
    a.holding(("country", "DE"), **usual)
    assert a.holding(MUNICH, **(usual | apart)).status is ClaimStatus.ACTIVE


def test_the_database_itself_refuses_a_second_holder(session, a):
    """Past every question that the business asks."""
    first = a.holding(("subdivision", "US-WA"))
    other = a.territory(("postal", "98101", "US"), owner_id=a.partner().id, is_exclusive=True)
    session.commit()
    (low, high), *_ = lines.places([Area.read("postal", "98101", "US")])
    session.add(
        TerritoryHold(
            territory_id=other.id, place_low=low, place_high=high,
            family_low=0, family_high=1, industry_low=0, industry_high=1, size_low=0, size_high=1,
            from_on=first.from_on, to_on=first.to_on,
        )
    )  # fmt: skip
    with pytest.raises(DBAPIError):
        session.flush()


def test_a_manager_gives_less_with_a_reason_the_partner_reads(session, a, now):
    claim = a.claimed(("country", "DE"))
    less = replace(claim.terms, places=(Area.read(*MUNICH),))
    more = replace(claim.terms, minimum_minor=5_000)
    with pytest.raises(Refused, match="counter-offer"):
        claims.limit(session, claim, more, reason="More, please", by=a.decider(), now=now)
    claims.limit(session, claim, less, reason="Munich first.", by=a.decider(), now=now)
    claims.approve(session, claim, by=a.second(), now=now)
    assert claim.reason_text == "Munich first."
    assert a.submitted(customer_postal_code="10115").territory_id is None
    assert in_munich(a).territory_id == claim.territory_id


def offered(session, a, now, **said) -> claims.TerritoryClaim:
    claim = a.claimed(MUNICH, **said)
    terms = replace(claim.terms, minimum_minor=50_000_00)
    claims.offer(session, claim, terms, note="With a minimum.", by=a.decider(), now=now)
    return claim


def test_a_counter_offer_is_accepted_in_the_partners_own_session(session, engine, a, now):
    claim = offered(session, a, now, is_exclusive=False)
    by, scope = a.head_of(claim), Scope.partner(claim.partner_id)
    session.commit()
    with open_session(engine.execution_options(writes=True), scope) as own:
        claims.accept(own, own.get_one(claims.TerritoryClaim, claim.id), by=by, now=now)
        own.commit()
    session.expire_all()
    assert (claim.status, claim.minimum_minor) == (ClaimStatus.ACTIVE, 50_000_00)


def test_an_exclusive_counter_offer_still_needs_the_second_person(session, a, now):
    claim = offered(session, a, now)
    claims.accept(session, claim, by=a.head_of(claim), now=now)
    assert claim.status is ClaimStatus.BACKED
    with pytest.raises(Refused, match="somebody else"):
        claims.approve(session, claim, by=a.decider(), now=now)
    claims.approve(session, claim, by=a.second(), now=now)
    assert claim.status is ClaimStatus.ACTIVE


def test_a_declined_counter_offer_leaves_what_was_asked(session, a, now):
    claim = offered(session, a, now)
    claims.decline(session, claim, note="", by=a.head_of(claim), now=now)
    assert (claim.status, claim.minimum_minor) == (ClaimStatus.SUBMITTED, 0)


def test_a_refusal_has_a_reason_and_the_partner_is_told(session, a, now):
    claim = a.claimed(MUNICH)
    with pytest.raises(Refused, match="why you refuse"):
        claims.refuse(session, claim, code=RefuseReason.PLAN, text=" ", by=a.decider(), now=now)
    claims.refuse(
        session, claim, code=RefuseReason.PLAN, text="No people.", by=a.decider(), now=now
    )
    told = session.scalars(select(Notice).where(Notice.kind == "claim-refused")).all()
    assert told and "No people." in told[0].body
    with pytest.raises(Refused, match="cannot approve"):
        claims.approve(session, claim, by=a.decider(), now=now)


def test_open_deals_move_only_where_they_were_ticked_and_won_ones_never(session, a, now):
    partner = a.partner()
    ticked, left = in_munich(a, partner=partner), in_munich(a, partner=partner, family="Parts")
    won = a.won(partner=partner, customer_postal_code="80333", family="Tyres")
    claim = a.claimed(MUNICH, partner=partner)
    moves = [ticked.id, won.id]
    claims.approve(session, claim, moves=moves, by=a.decider(), now=now)
    claims.approve(session, claim, by=a.second(), now=now)
    assert ticked.territory_id == claim.territory_id and "which was approved" in ticked.routing_why
    assert left.territory_id is None and won.territory_id is None
    assert won.status is DealStatus.WON


@pytest.mark.parametrize(
    ("wrong", "remedy"),
    [
        ({"from_on": date(2026, 11, 17)}, "before today"),
        ({"to_on": date(2026, 11, 18)}, "ends before"),
        ({"to_on": date(2036, 1, 1)}, "five years"),
        ({"to_on": None}, "which day"),
        ({"places": ()}, "at least one place"),
        ({"cut_out": (Area.read("country", "DE"),)}, "Nothing is left"),
        ({"places": (Area.read("region", "DACH"),)}, "countries, states and postal"),
        ({"employees_from": 9, "employees_to": 1}, "below the smallest"),
        ({"naics": ("99999",)}, "no industry"),
    ],
)
def test_what_cannot_be_claimed_is_refused_with_the_remedy(session, a, now, wrong, remedy):
    claim = a.claim(MUNICH)
    claim.take(replace(claim.terms, **wrong))
    with pytest.raises(Refused, match=remedy):
        claims.submit(session, claim, by=a.head_of(claim), now=now)


def test_white_space_counts_customers_with_nobody_in_bands(session, a, now):
    for number in range(12):
        free = a.customer(f"Free {number} Works", postal_code="80331")
    busy = a.partner()
    a.approved(partner=busy, customer_name="Busy Bakery", customer_postal_code="80331")
    terms = a.terms(MUNICH)
    seen = claims.white_space(session, terms, today=now.date())
    assert (seen.customers, seen.revenue) == ("10 to 49", "less than 50,000")
    for currency in ("EUR", "USD"):  # what was bought long ago, in any currency
        a.invoice(customer_id=free.id, partner_id=busy.id, net=40_000_00, currency=currency,
                  issued_on=date(2023, 1, 2))  # fmt: skip
    a.rate("USD", "EUR", "0.90")
    seen = claims.white_space(session, terms, today=now.date())
    assert seen.revenue == "50,000 to 250,000"
    a.territory(MUNICH, owner_id=busy.id)
    seen = claims.white_space(session, terms, today=now.date())
    assert (seen.customers, seen.revenue) == ("fewer than 10", None)


def test_a_partner_may_look_only_so_often_and_the_same_again_does_not_count(
    session, a, now, monkeypatch
):
    by = a.head_of(a.partner())
    a.programme()
    for number in range(60):
        looked = Terms(places=(Area.read("postal", f"{10000 + number}", "DE"),))
        claims.note_look(session, looked, by=by, now=now)
    claims.note_look(session, looked, by=by, now=now)
    with pytest.raises(Refused, match="may look at 60 areas in an hour"):
        claims.note_look(session, a.terms(MUNICH), by=by, now=now)
    claims.note_look(session, a.terms(MUNICH), by=by, now=a.later(hours=2))
