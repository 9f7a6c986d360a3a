"""Our own sales people at customers: recorded once, and when they count as engaged."""

from datetime import timedelta

import pytest

from models import engagements
from models.engagements import TouchDetails, TouchKind
from models.errors import Refused


@pytest.fixture
def place(a):
    a.programme()
    return {"customer_id": a.customer("Kestrel Foods").id, "family_id": a.family().id}


@pytest.fixture
def tell(a, session, now, place):
    """tell(kind, days_ago=…) records a touch."""

    def record(kind=TouchKind.CALL, *, days_ago=1, by=None, **said):
        usual = {
            "person_name": "Linda Mitchell",
            "kind": kind,
            "happened_on": now.date() - timedelta(days=days_ago),
        }
        details = TouchDetails(**(place | usual | said))
        return engagements.record(session, details, by=by or a.seller_of_vendor(), now=now)

    return record


def asked(session, place, now, days=0):
    return engagements.engaged(session, **place, on=now.date() + timedelta(days=days))


def test_the_same_touch_told_twice_is_kept_once(tell, session, place):
    first, second = tell(note="Spare parts."), tell(note="Spare parts.")
    assert first.is_new and not second.is_new and first.touch.id == second.touch.id
    assert len(engagements.of_customer(session, place["customer_id"])) == 1


def test_the_same_touch_with_another_note_is_refused(tell):
    tell(note="Spare parts.")
    with pytest.raises(Refused, match="another note"):
        tell(note="New bicycles.")


def test_a_touch_cannot_lie_in_the_future(tell):
    with pytest.raises(Refused, match="future"):
        tell(days_ago=-1)


@pytest.mark.parametrize(
    ("kind", "days_ago", "counts"),
    [
        (TouchKind.CALL, 1, False),
        (TouchKind.MAIL, 1, False),
        (TouchKind.VISIT, 89, True),
        (TouchKind.VISIT, 90, False),
        (TouchKind.QUOTE, 1, True),
        (TouchKind.DIRECT, 400, True),
    ],
)
def test_visits_and_quotes_engage_for_a_while_and_direct_business_while_it_is_open(
    tell, session, place, now, kind, days_ago, counts
):
    tell(kind, days_ago=days_ago)
    assert asked(session, place, now) is counts


def test_another_family_or_customer_is_not_engaged(tell, session, place, now, a):
    tell(TouchKind.DIRECT)
    assert asked(session, place | {"family_id": None}, now)
    assert not asked(session, place | {"family_id": a.family().id}, now)
    assert not asked(session, place | {"customer_id": a.customer("Elm Optics").id}, now)


def test_a_direct_opportunity_that_is_closed_engages_no_more(tell, session, place, now, a):
    touch = tell(TouchKind.DIRECT, days_ago=9).touch
    for _ in range(2):
        engagements.close(session, touch, on=now.date(), by=a.seller_of_vendor(), now=now)
    assert not asked(session, place, now)
    assert asked(session, place, now, days=-1)
    assert not asked(session, place, now, days=-10)


def test_only_direct_opportunities_are_closed(tell, session, now, a):
    touch = tell(TouchKind.CALL).touch
    with pytest.raises(Refused, match="direct opportunity"):
        engagements.close(session, touch, on=now.date(), by=a.seller_of_vendor(), now=now)
