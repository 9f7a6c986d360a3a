"""The programme's disputes: explained to the staff, changed by the administrator."""

from models.people import Role
from models.vendor import settings
from tests.traces import changes

TYPED = {"dispute_business_days": "5", "dispute_window_days": "60"}


def test_the_administrator_sets_clock_and_window_and_others_read_them(a, sign_in, session):
    a.vendor()
    admin, finance = sign_in(a.administrator()), sign_in(a.person(role=Role.FINANCE))
    assert admin.post("/programme/disputes", data=TYPED).status_code == 303
    assert settings(session).dispute_business_days == 5
    [entry] = changes(session)
    assert entry.detail == {"dispute_business_days": [10, 5], "dispute_window_days": [90, 60]}
    page = finance.get("/programme/disputes").text
    assert "60" in page and "€500.00" in page and "save" not in page.lower()
    wrong = admin.post("/programme/disputes", data=TYPED | {"dispute_window_days": "0"})
    assert wrong.status_code == 422
    assert finance.post("/programme/disputes", data=TYPED).status_code == 403
