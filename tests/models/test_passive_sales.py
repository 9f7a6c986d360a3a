"""Another's exclusive territory: who is refused there, who may not be, and what is said."""

import json
from pathlib import Path

import pytest

from models import deals, territories
from models.deals import DealStatus, RejectReason
from models.deals.operations.lying import Lies, where_it_lies
from models.errors import Refused

GOLDEN = json.loads(
    (Path(__file__).parents[1] / "golden" / "passive_sales.json").read_text("utf-8")
)


@pytest.mark.parametrize("case", GOLDEN["cases"], ids=lambda case: case["id"])
def test_golden_cases_of_passive_sales(case):
    answer, _steps = territories.resolve_case(case)
    assert answer == case["expected"], case["explanation"]


@pytest.fixture
def held(a):
    """Germany and the United States, exclusive to another partner, where others are refused."""
    a.programme().exclusive_policy = "reject"
    owner = a.partner(name="Bolt Cycles")
    for country in ("DE", "US"):
        a.territory(("country", country), name=f"All of {country}", owner_id=owner.id,
                    is_exclusive=True)  # fmt: skip
    return owner


@pytest.mark.parametrize(
    ("country", "hint"), [("DE", "came to you by itself"), ("US", "cannot be")]
)
def test_a_registration_in_anothers_exclusive_territory_is_refused_without_a_name(
    session, a, held, now, country, hint
):
    deal = a.draft(customer_country=country)
    with pytest.raises(Refused, match=hint) as refusal:
        deals.submit(session, deal, by=a.registrant(deal), now=now)
    assert "Bolt" not in str(refusal.value)


def test_in_europe_a_customer_who_came_unasked_is_registered_and_waits_for_a_person(a, held):
    assert a.submitted(came_unasked=True).status is DealStatus.SUBMITTED
    assert a.submitted(partner=held).status is DealStatus.SUBMITTED


def test_the_partner_reads_whose_area_it_is_before_it_submits(session, a, held, now):
    asking, own = a.partner(), a.family(name="Bikes")

    def where(partner, **said):
        written = a.registration(**said)
        return where_it_lies(
            session, written, partner_id=partner.id, family_id=own.id, now=now
        )  # fmt: skip

    seen = where(asking)
    assert (seen.lies, seen.is_refused, seen.is_protected) == (Lies.HELD, True, True)
    assert not where(asking, came_unasked=True).is_refused
    assert not where(asking, customer_country="US").is_protected
    assert where(held).territory == "All of DE"
    assert where(asking, customer_country="FR").lies is Lies.OPEN
    assert where(asking, customer_country="") is None


def test_outside_europe_it_is_refused_all_the_same(a, held):
    with pytest.raises(Refused, match="another partner holds alone"):
        a.submitted(customer_country="US", came_unasked=True)


def test_a_passive_sale_is_not_rejected_because_of_a_territory(session, a, held, now):
    deal = a.submitted(came_unasked=True)
    said = {"text": "It is another's area.", "by": a.decider(), "now": now}
    with pytest.raises(Refused, match="by itself"):
        deals.reject(session, deal, code=RejectReason.OUTSIDE_TERRITORY, **said)
    deals.reject(session, deal, code=RejectReason.NOT_QUALIFIED, **said)
    assert deal.status is DealStatus.REJECTED


def test_the_form_says_so_and_the_managers_page_explains(session, a, held, sign_in):
    product = a.sold()
    form = {
        "kind": "new_business", "customer_name": "Kestrel Foods Ltd", "customer_country": "DE",
        "expected_close_on": "2027-01-31", "problem": "Couriers lose an hour a day since May " * 3,
        "contact_name": "Ruth Okafor", "contact_email": "ruth@example.com",
        "lines-0-product": str(product.id), "lines-0-quantity": "1", "lines-0-unit": "90000.00",
    }  # fmt: skip
    client = sign_in(a.seller())
    refused = client.post("/deals", data=form)
    assert refused.status_code == 422 and "came to you by itself" in refused.text
    assert "Bolt" not in refused.text
    taken = client.post("/deals", data=form | {"came_unasked": "y"})
    assert taken.status_code == 303
    page = sign_in(a.decider().email)
    shown = page.get(taken.location).text
    assert "The customer came to the partner by itself" in shown
    assert "that reason is not offered" in shown and 'value="outside_territory"' not in shown
