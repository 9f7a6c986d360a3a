"""What if, and the money on a partner's home: its own open deals, rated and not kept."""

import pytest

from models.deals import Deal


@pytest.fixture
def seller(a, session):
    tiers = [["0", "0.05"], ["10000", "0.10"]]
    rules = {
        "base": {"type": "tier", "mode": "marginal", "window": "quarter", "tiers": tiers},
        "holdback": {"pct": "0.10", "days": 30},
    }
    a.plan(rules)
    seller = a.seller(a.partner(currency="EUR"))
    a.earned(4_000_00, partner_id=seller.partner_id)
    return seller


@pytest.fixture
def deal(a, session, seller) -> Deal:
    return a.approved(
        partner=a.session.get_one(type(a.partner()), seller.partner_id), value=8_000_00
    )


def test_home_says_what_is_held_what_is_expected_and_the_next_tier(a, sign_in, seller, deal):
    page = sign_in(seller).get("/").text
    assert "€6,000.00 more by Dec 31, 2026 lifts 5% to 10%." in page
    assert "€20.00" in page and "released on Dec 18, 2026" in page
    assert "Expected from your open deals" in page and "if all 1 are won" in page


def test_a_ticked_deal_is_worked_out_and_the_question_stays_in_the_address(sign_in, seller, deal):
    browser, n = sign_in(seller), deal.number
    assert "You would earn" not in browser.get("/commissions/what-if").text
    asked = {f"won-{n}": "y", f"value-{n}": "8000.00", f"on-{n}": "2026-12-01"}
    page = browser.get("/commissions/what-if", query_string=asked).text
    # 6,000.00 at 5 percent and 2,000.00 at 10 percent
    assert "€500.00" in page and "After that" not in page
    more = browser.get("/commissions/what-if", query_string=asked | {f"value-{n}": "1000"}).text
    assert "€50.00" in more and "After that, €5,000.00 more" in more


def test_what_cannot_be_read_is_refused_and_kept(sign_in, seller, deal):
    n = deal.number
    asked = {f"won-{n}": "y", f"value-{n}": "much", f"on-{n}": "2026-12-01"}
    answer = sign_in(seller).get("/commissions/what-if", query_string=asked)
    assert answer.status_code == 422 and 'value="much"' in answer.text


def test_a_rivals_deal_cannot_be_asked_about(a, sign_in, seller, deal):
    rival = sign_in(a.seller())
    asked = {f"won-{deal.number}": "y", f"value-{deal.number}": "8000", f"on-{deal.number}": ""}
    page = rival.get("/commissions/what-if", query_string=asked).text
    assert deal.number not in page.replace("value-", "")
    assert sign_in(a.finance()).get("/commissions/what-if").status_code == 403
