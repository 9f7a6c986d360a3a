"""Many rows at once: what goes in comes out, and the same database errors are raised."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from models import bulk
from models.catalog.tables import ProductFamily

COLUMNS = ("id", "code", "name")
ODD = [
    "plain",
    "tab\there",
    "line\nbreak",
    "back\\slash",
    "\\N",
    "carriage\rreturn",
    "None",
    "None of them",
    "Ünïcode 東京",
    "",
]


def put(session, names):
    ids = bulk.new_ids()
    rows = [(next(ids), f"F{number}", name) for number, name in enumerate(names)]
    bulk.insert(session, ProductFamily.__table__, COLUMNS, rows)
    return rows


@pytest.mark.parametrize("times", [1, 20], ids=["few", "many"])
def test_whatever_a_text_holds_comes_out_as_it_went_in(session, times):
    put(session, ODD * times)
    found = session.scalars(select(ProductFamily.name).order_by(ProductFamily.id)).all()
    assert found == ODD * times


def test_ids_rise_and_never_meet():
    ids = bulk.new_ids(at_once=16)
    made = [next(ids) for _ in range(1_000)]
    assert made == sorted(set(made))
    assert {one[12] for one in made} == {"7"} and {one[16] for one in made} <= set("89ab")


@pytest.mark.parametrize("count", [2, 200])
def test_what_the_database_refuses_is_raised_as_usual(session, count):
    rows = [(one, "SAME", "Name") for one, _ in zip(bulk.new_ids(), range(count), strict=False)]
    with pytest.raises(IntegrityError):
        bulk.insert(session, ProductFamily.__table__, COLUMNS, rows)
    session.rollback()
    assert len(put(session, ["after"] * count)) == count  # nothing of it is left anywhere
    assert len(session.scalars(select(ProductFamily.id)).all()) == count


def test_many_ids_are_asked_for_as_one(session):
    rows = put(session, ["a", "b", "c"])
    wanted = bulk.among(session, ProductFamily.id, [rows[0][0], rows[2][0]])
    assert sorted(session.scalars(select(ProductFamily.name).where(wanted))) == ["a", "c"]


def test_an_instant_is_told_in_utc():
    assert (
        bulk.instant_text(datetime(2026, 11, 3, 9, 5, tzinfo=UTC)) == "2026-11-03 09:05:00.000000"
    )
