"""What the tripwire reads in a statement: its verb, its tables, what they are bound to."""

import pytest

from models.reading_sql import Mention, read

BOTH = [("b", "b", False), ("c", "c", False)]


def named(sql):
    return [(one.table, one.name, one.is_target) for one in read(sql).mentions]


@pytest.mark.parametrize(
    "sql, verb",
    [
        ("SELECT 1", "SELECT"),
        ("select 1", "SELECT"),
        ("INSERT INTO deal (id) SELECT invoice.id FROM invoice", "INSERT"),
        ("UPDATE deal SET number=(SELECT 1)", "UPDATE"),
        ("DELETE FROM deal", "DELETE"),
        ("WITH x AS (SELECT (1)), y AS (DELETE FROM a) UPDATE deal SET number=1", "UPDATE"),
        ("WITH x AS (UPDATE a SET b=(1)) SELECT 1", "SELECT"),
        ("(SELECT 1)", ""),
        (") UPDATE deal SET number=1", "UPDATE"),
        ("SAVEPOINT one", ""),
    ],
)
def test_the_verb_is_the_first_outside_all_brackets(sql, verb):
    assert read(sql).verb == verb


@pytest.mark.parametrize(
    "sql, found",
    [
        ("SELECT 1 FROM deal", [("deal", "deal", False)]),
        ("SELECT 1 FROM deal AS d", [("deal", "d", False)]),
        ("SELECT 1 FROM deal d WHERE 1=1", [("deal", "d", False)]),
        ('SELECT 1 FROM "Deal" AS "d"', [("Deal", "d", False)]),
        ("SELECT 1 FROM a, b AS c", [("a", "a", False), ("b", "c", False)]),
        ("SELECT 1 FROM a LEFT OUTER JOIN b ON a.x", [("a", "a", False), ("b", "b", False)]),
        ("SELECT 1 FROM (SELECT 2 FROM a) AS s, b", [("a", "a", False), ("b", "b", False)]),
        ("SELECT 1 FROM (SELECT 2 FROM a WHERE x) s, b", [("a", "a", False), ("b", "b", False)]),
        ("SELECT 1 FROM a JOIN (b) ON (a.x), c", [("a", "a", False), *BOTH]),
        ("SELECT x FROM a WHERE y IN (1, b, c)", [("a", "a", False)]),
        ("WITH x (y, b) AS (SELECT 1 FROM a) SELECT 1", [("a", "a", False)]),
        ("SELECT x, y FROM a ORDER BY z, b", [("a", "a", False)]),
        ("SELECT (x), y) FROM a", [("a", "a", False)]),
        ("SELECT x, y)), b FROM a", [("a", "a", False)]),
        ("SELECT 1 FROM main.deal", []),
        ("SELECT EXTRACT(year FROM deal.won_on)", []),
        ("SELECT EXTRACT(year FROM deal.won_on) FROM b, c", BOTH),
        ("INSERT INTO deal (id, a) VALUES (?, ?)", [("deal", "deal", True)]),
        ("UPDATE deal SET a=1 FROM b, c", [("deal", "deal", True), *BOTH]),
        ("UPDATE deal AS d SET a=1", [("deal", "d", True)]),
        ("DELETE FROM deal USING b", [("deal", "deal", True), ("b", "b", False)]),
        ("DELETE FROM deal, b", [("deal", "deal", True), ("b", "b", False)]),
        ("SELECT 'it''s FROM b' FROM a -- FROM c", [("a", "a", False)]),
        ("SELECT 1 /* FROM b\n */ FROM a", [("a", "a", False)]),
        ("FROM", []),
    ],
)  # fmt: skip
def test_every_table_is_found_under_its_name_and_nothing_else(sql, found):
    assert named(sql) == found
    assert read(sql).sql == sql


@pytest.mark.parametrize(
    "condition, bound",
    [
        ("d.partner_id = ?", {("d", "partner_id"): [(0,)]}),
        ("a.x = ? AND d.partner_id = ?", {("a", "x"): [(0,)], ("d", "partner_id"): [(1,)]}),
        ("a.x > ? AND a.x > ? AND d.y = ?", {("d", "y"): [(2,)]}),
        ("d.y = ? OR d.y = ?", {("d", "y"): [(0,), (1,)]}),
        ("d.y IN (?, ?, ?)", {("d", "y"): [(0, 1, 2)]}),
        ("d.y IN (?, 4)", {}),
        ("d.y IN (?", {}),
        ("d.y IN ()", {}),
        ("d.y = 4", {}),
        ("d.y <> ?", {}),
        ("d.y = (?)", {}),
        ("d.y > (?)", {}),
        ("d.y IN ?, ?)", {}),
        ("d.y < ?", {}),
        ("NOT d.y = ?", {}),
        ("NOT (d.y = ?)", {}),
        ("NOT a.z AND d.y = ?", {("d", "y"): [(0,)]}),
        ("NOT a.z AND (d.y = ?)", {("d", "y"): [(0,)]}),
        ("d.y NOT IN (?)", {}),
        ("'d'.y = ?", {}),
        ('"d"."y" = ?', {("d", "y"): [(0,)]}),
        ("d.y /* or */ = -- not\n ?", {("d", "y"): [(0,)]}),
        ("d.y = %(who_1)s::UUID", {("d", "y"): [("who_1",)]}),
        ("d.y IN (%(a)s, %(b)s::UUID)", {("d", "y"): [("a", "b")]}),
    ],
)
def test_only_a_column_that_must_equal_bound_values_is_bound(condition, bound):
    assert read(f"SELECT 1 FROM t WHERE {condition}").bound == bound
    assert read(condition).bound == bound


@pytest.mark.parametrize(
    "condition, nothing",
    [
        ("WHERE 0 = 1", True), ("WHERE a.x AND 0 = 1", True), ("JOIN b ON 0 = 1", True),
        ("WHERE (0 = 1)", True), ("WHERE false", True), ("WHERE NOT 0 = 1", False),
        ("WHERE a.x = 0", False), ("WHERE 1 = 1", False), ("WHERE 0 < 1", False), ("", False),
    ],
)  # fmt: skip
def test_what_asks_for_nothing_is_known(condition, nothing):
    assert read(f"SELECT 1 FROM a {condition}").asks_nothing is nothing


def test_what_must_be_among_a_tables_rows_is_known():
    sql = "SELECT 1 FROM c WHERE c.id IN (SELECT l.c_id FROM l WHERE l.partner_id = ?)"
    assert read(sql).through == {("c", "id", "l")}
    assert read(sql).mentions == (Mention("c", "c", False), Mention("l", "l", False))
    for other in (
        sql.replace("IN", "="), sql.replace("c.id", "c+id"), sql.replace("(SELECT", "[SELECT"),
        sql.replace("l.c_id", "l"), sql.replace("(SELECT", "(ALL"), sql.replace("c.id", "'c'.id"),
    ):  # fmt: skip
        assert read(other).through == frozenset()
