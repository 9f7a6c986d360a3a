"""A list's filters kept under a name: one's own, or for the colleagues; never across the wall."""

import pytest
from sqlalchemy import func, select

from models.saved_views import MOST, SavedView


@pytest.fixture
def rosa(a, sign_in):
    """The channel manager's browser."""
    return sign_in(a.decider().email)


def save(browser, name="Waiting in Europe", query="view=all&q=kestrel", **said):
    data = {"page": "deals.queue", "name": name, "query": query}
    return browser.post("/saved-views", data=data | said)


def test_a_view_keeps_the_filters_and_forgets_where_one_stood(rosa, a):
    a.submitted()
    query = "view=all&q=kestrel&deal=x&after=abc"
    assert save(rosa, query=query).location == "/deals/queue?q=kestrel&view=all"
    page = rosa.get("/deals/queue?view=all&q=kestrel").text
    assert 'href="/deals/queue?q=kestrel&amp;view=all" aria-current="page">Waiting in Eu' in page
    assert "Waiting in Europe" not in rosa.get("/deals").text  # of another list


def test_a_shared_view_is_found_by_colleagues_and_stays_its_owners(rosa, a, sign_in, session):
    save(rosa, shared="yes")
    save(rosa, name="For me alone")
    tom = sign_in(a.manager(name="Tom").email)
    page = tom.get("/deals/queue").text
    assert "Waiting in Europe (Rosa Kim)" in page and "For me alone" not in page
    view_id = session.scalar(select(SavedView.id).where(SavedView.is_shared.is_(True)))
    tom.post(f"/saved-views/{view_id}/deletion", data={"page": "deals.queue"})
    assert "Waiting in Europe" in tom.get("/deals/queue").text


def test_a_partner_never_sees_the_views_of_the_vendor_or_of_another_partner(rosa, a, sign_in):
    data = {"page": "deals.index", "query": "q=secret", "shared": "yes"}
    rosa.post("/saved-views", data=data | {"name": "Of the vendor"})
    ana, colleague, ben = a.seller(partner := a.partner()), a.seller(partner), a.seller(a.partner())
    sign_in(ana).post("/saved-views", data=data | {"name": "Of Ana"})
    theirs, others = sign_in(colleague).get("/deals").text, sign_in(ben).get("/deals").text
    assert "Of Ana" in theirs and "Of the vendor" not in theirs
    assert "Of Ana" not in others and "Of the vendor" not in others
    assert "Of Ana" not in rosa.get("/deals").text


def test_the_same_name_again_replaces_and_sent_twice_keeps_one(rosa, session):
    save(rosa)
    save(rosa, query="view=late")
    assert session.scalar(select(func.count(SavedView.id))) == 1
    assert session.scalar(select(SavedView.query)) == "view=late"


def test_a_view_can_be_deleted_twice(rosa, session):
    save(rosa)
    view_id = session.scalar(select(SavedView.id))
    for _ in range(2):
        gone = rosa.post(f"/saved-views/{view_id}/deletion", data={"page": "deals.queue"})
        assert gone.status_code == 303
    assert session.scalar(select(func.count(SavedView.id))) == 0


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_view_needs_a_short_name(rosa, session, name):
    assert save(rosa, name=name).status_code == 303
    assert "Give the view a name" in rosa.get("/deals/queue").text
    assert session.scalar(select(func.count(SavedView.id))) == 0


def test_nobody_keeps_more_views_than_fit_a_page(rosa, session):
    for number in range(MOST + 1):
        save(rosa, name=f"View {number}")
    assert session.scalar(select(func.count(SavedView.id))) == MOST


def test_only_lists_can_be_saved(rosa):
    assert rosa.post("/saved-views", data={"page": "//evil", "name": "x"}).status_code == 404
