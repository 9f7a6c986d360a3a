"""The same month rated and stated by SQL alone: what benchmarks/commissions.py is measured against.

Written for the benchmark's one plan: marginal monthly tiers, an uplift, an override on net and a
clawback, every sale paid at once, at most one refund of each, all in one month and currency.
It writes the same lines (working and all), statements and postings, and says which events were
rated; of what the engine remembers it writes nothing.
"""

from __future__ import annotations

from typing import Any

POSTGRESQL = {
    "id": "gen_random_uuid()",
    "number": "'L-' || upper(substr(replace(gen_random_uuid()::text, '-', ''), 1, 12))",
    "statement": "'ST-2026-10-' || upper(substr(replace(gen_random_uuid()::text, '-', ''), 1, 10))",
    "least": "least",
    "greatest": "greatest",
    "on": "(e.at AT TIME ZONE 'Europe/Berlin')::date",
    "won": "(d.won_at AT TIME ZONE 'Europe/Berlin')::date",
    "days": "(w.on_day - p.on_day)",
    "now": "TIMESTAMPTZ '2026-11-02 08:00:00+00'",
    "ids": "string_agg(replace(l.id::text, '-', ''), '\",\"' ORDER BY l.id)",
    "json": "::json",
    "text": "::text",
    "false": "false",
}
SQLITE = {
    "id": "lower(hex(randomblob(16)))",
    "number": "'L-' || hex(randomblob(6))",
    "statement": "'ST-2026-10-' || hex(randomblob(5))",
    "least": "min",
    "greatest": "max",
    "on": "date(e.at, CASE WHEN e.at < '2026-10-25 01:00' THEN '+2 hours' ELSE '+1 hours' END)",
    "won": "date(d.won_at, CASE WHEN d.won_at < '2026-10-25 01:00' THEN '+2 hours' "
    "ELSE '+1 hours' END)",
    "days": "CAST(julianday(w.on_day) - julianday(p.on_day) AS INTEGER)",
    "now": "'2026-11-02 08:00:00.000000'",
    "ids": "group_concat(l.id, '\",\"')",
    "json": "",
    "text": "",
    "false": "0",
}

TIERS = ((0, 500_000, 5), (500_000, 2_000_000, 8), (2_000_000, 10_000_000, 10))
TOP = (10_000_000, 12)


def statements(dialect: str, version_id: str) -> list[str]:
    """What is run, one after another, in one transaction."""
    words: dict[str, Any] = SQLITE if dialect == "sqlite" else POSTGRESQL
    words = words | {"version": version_id, "weighted": _weighted(words), "pieces": _pieces(words)}
    return [one.format(**words) for one in (WORK, *LINES, CLAWED, RATED, *STATED)]


def _falls(words: dict[str, Any], lower: int, upper: int | None) -> str:
    end = "cum + part" if upper is None else f"{words['least']}(cum + part, {upper})"
    return f"{words['greatest']}(0, {end} - {words['greatest']}(cum, {lower}))"


def _tiers(words: dict[str, Any]) -> list[tuple[str, int, int]]:
    """(what falls into it, rate in per cent, its lower bound)."""
    found = [(_falls(words, lower, upper), rate, lower) for lower, upper, rate in TIERS]
    return [*found, (_falls(words, TOP[0], None), TOP[1], TOP[0])]


def _weighted(words: dict[str, Any]) -> str:
    return " + ".join(f"{falls} * {rate}" for falls, rate, _ in _tiers(words))


def _pieces(words: dict[str, Any]) -> str:
    told = (
        f"CASE WHEN {falls} > 0 THEN '[' || {falls} || ',\"0.{rate:02}\",{lower}],' ELSE '' END"
        for falls, rate, lower in _tiers(words)
    )
    return "rtrim(" + " || ".join(told) + ", ',')"


WORK = """
CREATE TEMPORARY TABLE work AS
SELECT e.id, e.partner_id, e.deal_id, e.invoice_id, e.kind, e.at, e.amount_minor AS back,
       {on} AS on_day, i.net_minor AS net, CAST(i.part AS BIGINT) AS part, a.distributor_id,
       d.approved_on, d.protected_through, coalesce({won}, i.issued_on) AS won_on,
       CAST(coalesce(sum(CASE WHEN e.kind = 'refund'
                              THEN -((2 * i.part * e.amount_minor + i.net_minor)
                                     / (2 * i.net_minor))
                              ELSE i.part END)
                     OVER (PARTITION BY e.partner_id ORDER BY e.at, e.id
                           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
            AS BIGINT) AS cum
FROM earning_event e
JOIN (SELECT i.id, i.net_minor, i.issued_on, CAST(sum(l.amount_minor) AS BIGINT) AS part
      FROM invoice i JOIN invoice_line l ON l.invoice_id = i.id AND l.commissionable
      GROUP BY i.id, i.net_minor, i.issued_on) i ON i.id = e.invoice_id
LEFT JOIN deal d ON d.id = e.deal_id
LEFT JOIN partner_parent a ON a.partner_id = e.partner_id
     AND a.from_on <= coalesce({won}, i.issued_on)
     AND (a.to_on IS NULL OR a.to_on > coalesce({won}, i.issued_on))
WHERE NOT EXISTS (SELECT 1 FROM rated_event r WHERE r.id = e.id)
"""

HEAD = """
INSERT INTO commission_line (id, partner_id, number, period, "on", code, deal_id, invoice_id,
    source_id, amount_minor, currency, payout_minor, payout_currency, plan_version_id, working,
    corrects, recorded_at)
"""

BASE = (
    HEAD
    + """
SELECT {id}, partner_id, {number}, '2026-10', on_day, 'base', deal_id, invoice_id, id, amount,
       'EUR', amount, 'EUR', '{version}',
       '["marginal",' || part || ',' || amount || ',' || cum || ',"2026-10",[' || pieces || ']]',
       '[]'{json}, {now}
FROM (SELECT w.*, (2 * ({weighted}) + 100) / 200 AS amount, {pieces} AS pieces
      FROM work w WHERE kind = 'paid') w
WHERE amount <> 0
"""
)

UPLIFT = (
    HEAD
    + """
SELECT {id}, partner_id, {number}, '2026-10', on_day, 'dealreg_uplift', deal_id, invoice_id, id,
       (part * 4 + 100) / 200, 'EUR', (part * 4 + 100) / 200, 'EUR', '{version}',
       '["dealreg_uplift",' || part || ',"0.02",' || ((part * 4 + 100) / 200) || ',"' || approved_on
       || '","' || protected_through || '","' || won_on || '"'
       || CASE WHEN net <> part THEN ',{{"left_out_minor":' || (net - part) || '}}' ELSE '' END
       || ']', '[]'{json}, {now}
FROM work WHERE kind = 'paid' AND (part * 4 + 100) / 200 <> 0
     AND approved_on <= won_on AND won_on <= protected_through
"""
)

OVERRIDE = (
    HEAD
    + """
SELECT {id}, distributor_id, {number}, '2026-10', on_day, 'override', deal_id, invoice_id, id,
       (part * 6 + 100) / 200, 'EUR', (part * 6 + 100) / 200, 'EUR', '{version}',
       '["override_of_net",' || part || ',"0.03",' || ((part * 6 + 100) / 200) || ']',
       '[]'{json}, {now}
FROM work WHERE kind = 'paid' AND distributor_id IS NOT NULL AND (part * 6 + 100) / 200 <> 0
"""
)

LINES = (BASE, UPLIFT, OVERRIDE)

CLAWED = (
    HEAD
    + """
SELECT {id}, partner_id, {number}, '2026-10', on_day, 'clawback', deal_id, invoice_id, id,
       -amount, 'EUR', -amount, 'EUR', '{version}',
       '["clawback",' || earned || ',' || refunded || ',' || part || ',0,0,' || day || ',90,'
       || (-amount) || ']', ('["' || ids || '"]'){json}, {now}
FROM (SELECT c.*, (2 * earned * refunded + part) / (2 * part) AS amount
      FROM (SELECT w.id, l.partner_id, w.on_day, w.deal_id, w.invoice_id, w.part,
                   (2 * w.part * w.back + w.net) / (2 * w.net) AS refunded, {days} AS day,
                   CAST(sum(l.amount_minor) AS BIGINT) AS earned, {ids} AS ids
            FROM work w
            JOIN work p ON p.invoice_id = w.invoice_id AND p.kind = 'paid'
            JOIN commission_line l ON l.source_id = p.id
            WHERE w.kind = 'refund'
            GROUP BY w.id, l.partner_id, w.on_day, w.deal_id, w.invoice_id, w.part, w.back,
                     w.net, p.on_day) c
     ) c
WHERE amount <> 0
"""
)

RATED = """
INSERT INTO rated_event (id, sale_id, nth, kind, month, rated_at, line_count)
SELECT id, coalesce(deal_id, invoice_id),
       row_number() OVER (PARTITION BY coalesce(deal_id, invoice_id) ORDER BY at, id),
       'event', '2026-10', {now},
       (SELECT count(*) FROM commission_line l WHERE l.source_id = work.id)
FROM work
"""

STATED = (
    """
CREATE TEMPORARY TABLE stated AS
SELECT {id} AS id, {id} AS posting_id, partner_id, count(*) AS lines,
       CAST(sum(CASE WHEN code = 'clawback' THEN 0 ELSE payout_minor END) AS BIGINT) AS earned,
       CAST(sum(CASE WHEN code = 'clawback' THEN payout_minor ELSE 0 END) AS BIGINT) AS back,
       CAST(sum(payout_minor) AS BIGINT) AS net
FROM commission_line WHERE period = '2026-10' GROUP BY partner_id
""",
    """
INSERT INTO statement (id, partner_id, number, period, currency, opening_minor, earned_minor,
    taken_back_minor, payable_minor, closing_minor, line_count, closed_at)
SELECT id, partner_id, {statement}, '2026-10', 'EUR', 0, earned, back,
       {greatest}(net, 0), {least}(net, 0), lines, {now}
FROM stated
""",
    """
INSERT INTO posting_line (id, posting_id, account, partner_id, amount_minor, amount_currency)
SELECT {id}, posting_id, 'commission_expense', partner_id, net, 'EUR' FROM stated WHERE net <> 0
UNION ALL
SELECT {id}, posting_id, 'partner_payable', partner_id, -net, 'EUR' FROM stated WHERE net <> 0
""",
    """
INSERT INTO posting (id, "key", kind, period, at, line_count)
SELECT posting_id, 'commission 2026-10 ' || partner_id || ' EUR', 'commission', '2026-10', {now}, 2
FROM stated WHERE net <> 0
""",
    """
INSERT INTO month_close (id, month, begun_at, finished_at, is_early, closed_by_name,
    partner_count, stated_count)
SELECT {id}, '2026-10', {now}, {now}, {false}, 'SQL', count(*), count(*) FROM stated
""",
)
