"""The rules of registration: explained, changed by the administrator, with their history."""

import re

import pytest
from sqlalchemy import select

from models.deals import DealType, type_rules
from models.deals.kinds import CHOOSABLE, USUAL
from models.partners import Tier
from models.vendor import Vendor
from portal.programme.registration_forms import BY_TIER, GROUPS
from tests.traces import changes

TYPED = {
    "protection_days": "90",
    "extension_days": "30",
    "extension_activity_days": "30",
    "reminder_days": "14, 7, 1",
    "decision_business_days": "2",
    "minimum_deal": "5,000.00",
    "lookback_months": "24",
    "incumbent_months": "24",
    "incumbent_comment_days": "2",
    "tender_policy": "before",
    "exclusive_policy": "review",
    "territory_notice_days": "30",
    "win_tolerance_percent": "25",
    "early_win_hours": "72",
}


@pytest.fixture
def client(a, sign_in):
    a.programme()
    return sign_in(a.administrator())


def the_vendor(session) -> Vendor:
    session.expire_all()
    return session.scalars(select(Vendor)).one()


def test_the_usual_rules_are_kept_as_they_are(client, session):
    """Whoever saves the page as it is changes nothing."""
    assert client.post("/programme/registration", data=TYPED).status_code == 303
    assert changes(session) == []


def test_every_setting_is_saved_and_stands_in_the_history(client, session):
    said = {
        "protection_days": "60",
        "minimum_deal": "0",
        "reminder_days": "21,3",
        "tender_policy": "never",
        "capacity_gold": "25",
        "precheck_tells_protection": "y",
    }
    client.post("/programme/registration", data=TYPED | said)
    vendor = the_vendor(session)
    assert (vendor.protection_days, vendor.minimum_deal_minor) == (60, 0)
    assert vendor.reminders == (21, 3) and vendor.tender_policy == "never"
    assert vendor.capacity == {"gold": 25}
    assert vendor.precheck_tells_protection
    page = client.get("/programme/registration").text
    for told in ("protection days: 90 to 60", "capacity: none to gold 25", "tender policy: before"):
        assert told in page
    client.post("/programme/registration", data=TYPED | said)
    assert len(changes(session)) == 1


@pytest.mark.parametrize(("currency", "shown"), [("JPY", "5000"), ("KWD", "5.000")])
def test_a_currency_without_cents_keeps_its_smallest_deal(client, session, currency, shown):
    vendor = the_vendor(session)
    vendor.base_currency, vendor.minimum_deal_minor = currency, 5000
    session.commit()
    assert f'value="{shown}"' in client.get("/programme/registration").text
    client.post("/programme/registration", data=TYPED | {"minimum_deal": shown})
    session.rollback()
    assert the_vendor(session).minimum_deal_minor == 5000


def test_what_was_set_is_what_the_form_shows_again(client):
    client.post("/programme/registration", data=TYPED | {"capacity_silver": "7"})
    page = client.get("/programme/registration").text
    assert re.search(r'<input[^>]*name="capacity_silver"[^>]*value="7"', page)


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("protection_days", "0", "from 1 to 730"),
        ("reminder_days", "soon", "such as 14, 7, 1"),
        ("minimum_deal", "much", "in digits"),
        ("minimum_deal", "Infinity", "in digits"),
        ("minimum_deal", "1.9999", "decimals"),
        ("minimum_deal", "1.999", "two ways"),
        ("capacity_gold", "-1", "from 0 to 100,000"),
    ],
)
def test_what_cannot_be_is_refused_with_the_remedy(client, session, name, value, remedy):
    page = client.post("/programme/registration", data=TYPED | {name: value})
    assert page.status_code == 422 and remedy in page.text
    assert changes(session) == []


def test_every_setting_is_explained(client):
    page = client.get("/programme/registration").text
    for names in GROUPS.values():
        for name in names:
            assert f'name="{name}"' in page
    for name in BY_TIER:
        for tier in Tier:
            assert f'name="{name}_{tier.value}"' in page
    assert page.count('class="hint"') >= sum(map(len, GROUPS.values())) - 1


def the_type(**said):
    asks = {name: ask.value for name, ask in USUAL[DealType.RFP].asks.items()}
    return asks | {"is_offered": "y", "guidance": USUAL[DealType.RFP].guidance} | said


def test_what_a_type_asks_is_changed_and_never_more_than_nine_fields(client, session):
    address = "/programme/registration/types/rfp"
    assert all(f'name="{name}"' in client.get(address).text for name in CHOOSABLE)
    assert client.post(address, data=the_type()).status_code == 303
    assert changes(session) == []
    page = client.post(address, data=the_type(project="required"))
    assert page.status_code == 422 and "10 fields would be required" in page.text
    client.post(address, data=the_type(project="required", contact_name="optional"))
    session.expire_all()
    assert "project" in type_rules(session)[DealType.RFP].required
    history = client.get("/programme/registration").text
    assert "project: optional to required" in history


def test_a_type_that_is_unknown_is_not_found(client):
    assert client.get("/programme/registration/types/nonsense").status_code == 404


def test_other_staff_read_and_partners_do_not_come_here(a, sign_in, session):
    a.programme()
    reader = sign_in(a.manager())
    assert "Save the rules" not in reader.get("/programme/registration").text
    assert reader.get("/programme/registration/types/rfp").status_code == 200
    assert reader.post("/programme/registration", data=TYPED).status_code == 403
    assert reader.post("/programme/registration/types/rfp", data=the_type()).status_code == 403
    assert sign_in(a.seller()).get("/programme/registration").status_code == 403
