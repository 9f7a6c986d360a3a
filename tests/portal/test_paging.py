"""Pages of a long list: every row once, in both directions, whatever the cursor says."""

import base64

import pytest
from sqlalchemy import select

from models.partners import Partner
from portal.paging import Key, page_of

QUERY = select(Partner.name, Partner.id)
KEYS = [Key(Partner.name, descending=True), Key(Partner.id)]


@pytest.fixture
def partners(a):
    for name in "AABBBCD":
        a.partner(name=name)


def pages(session, direction="after", cursor=None):
    while True:
        page = page_of(session, QUERY, KEYS, args={direction: cursor} if cursor else {}, size=3)
        yield page
        cursor = getattr(page, direction)
        if cursor is None:
            return


def test_going_forward_shows_every_row_once(session, partners):
    found = list(pages(session))
    names = "".join(row.name for page in found for row in page.rows)
    assert names == "DCBBBAA"
    assert len({row.id for page in found for row in page.rows}) == 7
    assert found[0].before is None and found[-1].after is None


def test_going_back_shows_the_same_pages(session, partners):
    forward = list(pages(session))
    back = list(pages(session, "before", forward[-1].before))
    assert [row.id for row in back[0].rows] == [row.id for row in forward[1].rows]
    assert [row.id for row in back[1].rows] == [row.id for row in forward[0].rows]
    assert back[1].before is None and back[0].after is not None


def typed(marks: str) -> str:
    return base64.urlsafe_b64encode(marks.encode()).decode()


SOME_ID = "01930000-0000-7000-8000-000000000000"


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "####",
        "W10",
        "bnVsbA",
        typed('[["i","9"],["u","z"]]'),
        typed('[["s","a"],["s","b"]]'),
        typed(f'[["i","9"],["u","{SOME_ID}"]]'),
        typed(f'[["d","2026-11-18"],["u","{SOME_ID}"]]'),
        typed(f'[["t","0001-01-01T00:00:00+14:00"],["u","{SOME_ID}"]]'),
        typed(f'[["s","a\\u0000"],["u","{SOME_ID}"]]'),
        typed('[["s","a"],["u",5]]'),
        typed(f'[["i",Infinity],["u","{SOME_ID}"]]'),
        typed("[" * 3000),
    ],
)
def test_a_cursor_that_cannot_be_read_starts_at_the_beginning(session, partners, cursor):
    page = page_of(session, QUERY, KEYS, args={"after": cursor}, size=3)
    assert "".join(row.name for row in page.rows) == "DCB"


def test_an_empty_list_has_no_neighbours(session):
    page = page_of(session, QUERY, KEYS, args={})
    assert (page.rows, page.after, page.before) == ([], None, None)
