"""Which ZIP codes lie in which state of the United States, by their first digits.

Compared with the 42,735 codes of the package zipcodes 1.3.0 (PyPI, data of February 2025): each of
them lies where this says.  A code that lies in another state than the rest of its prefix is
written out on both sides (06390 is New York's).  Prefixes that the package does not know are those
that the Postal Service keeps for a state and does not use.  Codes of the armed forces and of the
freely associated states belong to no state.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache

_WRITTEN = """
AL 350-369|AK 995-999|AZ 850-865|AR 716-72642 72644-729|CA 900-961|CO 800-816
CT 060-06389 06391-069|DE 197-199|DC 200-200 202-20587 20589-20597 20599-205 569-569 888-888
FL 320-339 341-349|GA 300-319 398-399|HI 967-96798 968-968|ID 832-83413 83415-838|IL 600-629
IN 460-479|IA 500-528|KS 660-679|KY 400-427|LA 700-714|ME 039-049|MD 20588-20588 206-219
MA 010-027 055-055|MI 480-499|MN 550-567|MS 386-397|MO 630-658 72643-72643|MT 590-599|NE 680-693
NV 889-898|NH 030-038|NJ 070-089|NM 870-884|NY 005-005 06390-06390 100-149|NC 270-289|ND 580-588
OH 430-459|OK 730-732 734-73959 73961-749|OR 970-979|PA 150-196|RI 028-029|SC 290-299|SD 570-577
TN 370-385|TX 733-733 73960-73960 750-799 885-885|UT 840-847|VT 050-054 056-059
VA 20598-20598 201-201 220-246|WA 980-994|WV 247-268|WI 530-549|WY 820-831 83414-83414
PR 006-007 009-009|VI 008-008|AS 96799-96799|GU 96910-96932|MP 96950-96952
"""


def _read(written: str) -> dict[str, tuple[tuple[str, str], ...]]:
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for line in written.replace("\n", "|").split("|"):
        if line:
            state, *ranges = line.split()
            ends = (each.partition("-") for each in ranges)
            found[f"US-{state}"] = tuple((low, high) for low, _, high in ends)
    return found


ZIP_CODES_OF = _read(_WRITTEN)
"""From the codes that start with the one to those that start with the other, both inclusive."""

_RANGES = sorted(
    (low.ljust(5, "0"), high.ljust(5, "9"), state)
    for state, ranges in ZIP_CODES_OF.items()
    for low, high in ranges
)
_STARTS = [low for low, _, _ in _RANGES]


@lru_cache(maxsize=8192)
def states_with(low: str, high: str) -> frozenset[str]:
    """The states that hold a code from those that start with `low` to those with `high`."""
    first, last = low.ljust(5, "0"), high.ljust(5, "9")
    begin = max(bisect_right(_STARTS, first) - 1, 0)
    end = bisect_right(_STARTS, last)
    return frozenset(state for _, ends, state in _RANGES[begin:end] if ends >= first)
