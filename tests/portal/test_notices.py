"""The bell's page and the outbox."""

import pytest
from sqlalchemy import select

from models import notices
from models.notices import Notice
from portal.mail import send_waiting


@pytest.fixture
def seller(a):
    a.vendor()
    return a.seller(name="Ana Ruiz")


def told(session, person, now, title="Your deal is approved", **said):
    words = {"kind": "deal-approved", "title": title, "body": "Good news.", "link": "/deals/1"}
    notices.tell(session, person.id, now=now, partner_id=person.partner_id, **(words | said))


def test_a_notice_links_to_what_it_is_about_and_counts_in_the_bell(sign_in, session, seller, now):
    told(session, seller, now)
    page = sign_in(seller).get("/notices").text
    assert 'href="/deals/1"' in page
    assert "Notices, 1 unread" in page


def test_reading_one_notice_leaves_the_others_unread(sign_in, session, seller, now):
    told(session, seller, now, title="First")
    told(session, seller, now, title="Second")
    client = sign_in(seller)
    first = session.scalar(notices.told(seller.id, now=now).where(notices.Notice.title == "First"))
    assert client.post(f"/notices/{first}/reading").status_code == 303
    assert "Notices, 1 unread" in client.get("/notices").text


def test_all_notices_can_be_read_at_once(sign_in, session, seller, now):
    told(session, seller, now)
    client = sign_in(seller)
    client.post("/notices/reading")
    client.post("/notices/reading")
    assert notices.unread(session, seller.id, now=now) == 0


def test_nobody_reads_or_marks_the_notices_of_another(sign_in, session, seller, a, now):
    told(session, seller, now, title="For Ana only")
    colleague = a.seller(partner_id=seller.partner_id)
    client = sign_in(colleague)
    assert "For Ana only" not in client.get("/notices").text
    its_id = session.scalar(notices.told(seller.id, now=now))
    client.post(f"/notices/{its_id}/reading")
    assert notices.unread(session, seller.id, now=now) == 1


def test_notices_can_be_looked_at_by_kind(sign_in, session, seller, now):
    told(session, seller, now, title="A deal", kind="deal-approved")
    told(session, seller, now, title="Some money", kind="payout-sent")
    page = sign_in(seller).get("/notices?kind=payout-sent").text
    assert "Some money" in page
    assert "A deal" not in page


def test_an_empty_bell_says_what_will_come(sign_in, seller):
    assert "You are told here when" in sign_in(seller).get("/notices").text


def test_staff_see_every_mail_and_partners_none(sign_in, session, seller, a, now):
    told(session, seller, now, title="A mail to Ana")
    assert "A mail to Ana" in sign_in(a.finance()).get("/outbox").text
    assert sign_in(seller).get("/outbox").status_code == 403


def sent(app, session):
    session.commit()
    with app.app_context():
        return send_waiting(app)


def test_a_muted_kind_neither_rings_nor_leaves_and_can_still_be_read(
    app, sign_in, session, seller, now
):
    told(session, seller, now, title="Muted news", kind="deal-comment")
    told(session, seller, now, title="Money came", kind="payout-paid")
    client = sign_in(seller)
    assert "Notices, 2 unread" in client.get("/notices").text
    for _ in range(2):
        assert client.post("/notices/kinds/deal-comment/muting").status_code == 303
    page = client.get("/notices").text
    assert "Notices, 1 unread" in page and "Muted news" not in page
    assert "Muted news" in client.get("/notices?kind=deal-comment").text
    assert sent(app, session) == 1
    session.expire_all()
    mailed = dict(session.execute(select(Notice.title, Notice.mailed_at)).all())
    assert mailed["Muted news"] is None and mailed["Money came"] is not None


def test_after_unmuting_only_what_comes_from_then_on_is_told(app, sign_in, session, seller, now):
    client = sign_in(seller)
    client.post("/notices/kinds/deal-comment/muting")
    told(session, seller, now, title="Missed", kind="deal-comment")
    assert sent(app, session) == 0
    client.post("/notices/kinds/deal-comment/unmuting", data={"back": "account"})
    told(session, seller, now, title="Told", kind="deal-comment")
    page = client.get("/notices").text
    assert "Notices, 1 unread" in page and "Told" in page and "Missed" not in page


def test_what_keeps_an_account_safe_cannot_be_muted(sign_in, session, seller, now):
    told(session, seller, now, title="New password", kind="password-changed")
    client = sign_in(seller)
    client.post("/notices/kinds/password-changed/muting")
    assert "New password" in client.get("/notices").text
    assert "password-changed/muting" not in client.get("/account").text


def test_one_persons_muting_is_not_anothers(sign_in, session, seller, a, now):
    colleague = a.seller(partner_id=seller.partner_id)
    sign_in(colleague).post("/notices/kinds/deal-approved/muting")
    told(session, seller, now, title="For Ana")
    assert "For Ana" in sign_in(seller).get("/notices").text


def test_the_account_page_lists_what_can_be_muted(sign_in, session, seller, now):
    told(session, seller, now)
    page = sign_in(seller).get("/account").text
    assert "/notices/kinds/deal-approved/muting" in page
