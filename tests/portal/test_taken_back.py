"""What was taken back and is not set off yet: by age for finance, line by line for a partner."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from models import commissions
from models.commissions import Statement
from models.commissions.rated import RatingState
from models.commissions.taken_back import owed_back
from models.money import Money
from models.partners import Partner, PartnerStatus
from models.people import SYSTEM
from tests.factories_commissions import SINCE

SEPTEMBER = datetime(2026, 9, 14, 9, tzinfo=UTC)


@pytest.fixture
def seller(a, session):
    """Earned 100.00 in August, gave all of it back in September, earned nothing since."""
    a.plan()
    seller = a.seller(a.partner(name="Alpenrad GmbH", currency="EUR"))
    august = datetime(2026, 8, 14, 9, tzinfo=UTC)
    said = {"issued_on": date(2026, 8, 1), "partner_id": seller.partner_id}
    invoice = a.earned(1_000_00, paid={"paid_at": august}, **said)
    commissions.close_month(session, "2026-08", by=SYSTEM, now=a.now)
    a.credit_note(invoice, 1_000_00, issued_at=SEPTEMBER)
    a.rate_all()
    commissions.close_month(session, "2026-09", by=SYSTEM, now=a.now)
    return seller


def test_a_debt_is_as_old_as_the_first_statement_that_ended_below_nothing(session, seller):
    [owed] = owed_back(session, "2026-12")
    assert (owed.partner, owed.since, owed.months) == ("Alpenrad GmbH", "2026-09", 3)
    assert (owed.total, owed.band) == (Money(100_00, "EUR"), "3 to 5 months")


def test_what_is_put_off_is_told_with_the_instalments_that_are_left(session, seller):
    key = f"{seller.partner_id.hex}|EUR"
    for month, value in (("2026-10", "[9000,3]"), ("2026-11", "[5001,2]")):
        session.add(RatingState(kind="deferred", key=key, month=month, value=value, version=1))
    session.flush()
    [owed] = owed_back(session, "2026-12")
    assert (owed.deferred, owed.total) == (Money(50_01, "EUR"), Money(150_01, "EUR"))
    assert owed.schedule("2026-12") == [
        ("2026-12", Money(25_01, "EUR")),
        ("2027-01", Money(25_00, "EUR")),
    ]


def test_advances_of_a_draw_are_named_beside_clawbacks_and_where_a_partner_leaves(
    a, session, sign_in, seller
):
    rules = {
        "base": {"type": "flat", "rate": "0.10"},
        "draw": {"type": "recoverable", "amount": "300"},
    }
    plan = a.plan(rules, assigned=False, currency="USD", payout_currency="USD")
    commissions.assign(
        session, plan, from_on=SINCE, partner_id=seller.partner_id, by=SYSTEM, now=a.now
    )
    commissions.close_month(session, "2026-10", by=SYSTEM, now=a.now)
    euros, dollars = sorted(owed_back(session, "2026-12"), key=lambda one: one.currency)
    assert (euros.total, euros.advanced) == (Money(100_00, "EUR"), Money(0, "EUR"))
    assert (dollars.total, dollars.advanced) == (Money(300_00, "USD"), Money(300_00, "USD"))
    for page in ("/commissions/taken-back", "/"):
        assert sign_in(seller).get(page).status_code == 200
    partner = session.get_one(Partner, seller.partner_id)
    partner.status = PartnerStatus.ENDED
    assert (
        "$300.00 of advances is not recovered"
        in sign_in(a.finance()).get(f"/leavers/{partner.id}").text
    )


def test_finance_has_the_list_as_a_file_and_a_partner_its_own_lines(a, session, sign_in, seller):
    fay = sign_in(a.finance())
    assert "Alpenrad GmbH" in fay.get("/commissions/taken-back").text
    file = fay.get("/commissions/taken-back/export").text.removeprefix("\ufeff")
    assert [(r["Partner"], r["To be taken"]) for r in csv.DictReader(io.StringIO(file))] == [
        ("Alpenrad GmbH", "100.00")
    ]
    page = sign_in(seller).get("/commissions/taken-back").text
    first = session.scalars(select(Statement).order_by(Statement.period)).first()
    assert first.number in page and "€100.00" in page
    rival = sign_in(a.seller()).get("/commissions/taken-back").text
    assert "Nothing is left to be taken back." in rival and first.number not in rival
