"""Places, families, industries and sizes as stretches of whole numbers, so that a database can say
whether two territories meet.  Pure.

A country is a stretch of one long line; its subdivisions and its postal codes are stretches inside
it, a longer postal code inside a shorter one; named accounts are points beyond the last country.
Two areas meet where their stretches do.  A state of the United States also holds its ZIP codes;
elsewhere nobody here knows which postal codes lie in which province: see `untold`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import blake2b

from models.territories.places import PostalPattern, with_its_wider_ones
from models.territories.regions import REGIONS
from models.territories.rules import Area, AreaKind
from models.territories.zip_codes import ZIP_CODES_OF

Span = tuple[int, int]
"""From, and the first that is no longer in it."""

COUNTRY_BITS = 53
HALF = 1 << (COUNTRY_BITS - 1)
"""Of a country's stretch: subdivisions below, postal codes above."""
SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
POSTAL_LENGTH = 10
SUBDIVISION_LENGTH, LEVELS = 3, 3
COUNTRIES = 26 * 26
BEYOND = (COUNTRIES + 1) << COUNTRY_BITS
UNTOLD = BEYOND + (1 << 61)
"""Beyond the last account: a point for each country."""
ANY: Span = (0, 1 << 62)
ALL_FAMILIES = ANY
ALL_INDUSTRIES: Span = (0, 1_000_000)
ALL_SIZES: Span = (0, 1 << 31)


def places(held: Iterable[Area], cut_out: Iterable[Area] = ()) -> list[Span]:
    """The stretches of these areas without those cut out, in order, none touching another."""
    return without(joined(_spans(held)), joined(_spans(cut_out)))


def untold(held: Iterable[Area], key: str) -> Iterator[tuple[Span, Span, Span]]:
    """(place, state, code) by which one's states meet all postal codes of others, and back.

    Outside the United States nobody knows which postal codes lie in which state.  So at one point
    of the country one's states lie at its own key and any code; its postal codes lie at its own
    key and any state but its own.  States meet no states there, codes no codes, nobody itself.
    """
    mine = (_point(key), _point(key) + 1)
    areas = [area for area in held if (area.country or area.value[:2]) != "US"]
    for home in sorted({a.value[:2] for a in areas if a.kind is AreaKind.SUBDIVISION}):
        yield _untold_at(home), mine, ANY
    for home in sorted({a.country or "" for a in areas if a.kind is AreaKind.POSTAL}):
        yield _untold_at(home), (ANY[0], mine[0]), mine
        yield _untold_at(home), (mine[1], ANY[1]), mine


def _untold_at(country: str) -> Span:
    at = UNTOLD + (_country(country)[0] >> COUNTRY_BITS)
    return (at, at + 1)


def untold_in(place: Span) -> str | None:
    """The country at whose point that is; None for all other places."""
    at = place[0] - UNTOLD
    return f"{chr(ord('A') + at // 26)}{chr(ord('A') + at % 26)}" if at >= 0 else None


def families(codes: Iterable[str]) -> list[Span]:
    """All of them when none is named."""
    points = sorted({_point(code.casefold()) for code in codes})
    return [(point, point + 1) for point in points] or [ALL_FAMILIES]


def industries(prefixes: Iterable[str]) -> list[Span]:
    """Of NAICS prefixes and ranges of sectors; all when none is named."""
    return joined(_industry(prefix) for prefix in prefixes) or [ALL_INDUSTRIES]


def size(low: int | None, high: int | None) -> Span:
    """Numbers of employees, both ends inclusive."""
    return (low or 0, ALL_SIZES[1] if high is None else high + 1)


def account(name: str) -> Span:
    """A named account: a domain, or the id of a customer."""
    point = BEYOND + (_point(name) >> 1)
    return (point, point + 1)


def meet(one: Iterable[Span], other: Iterable[Span]) -> bool:
    """Whether any stretch of the one touches any of the other; both in order."""
    mine, theirs = list(one), list(other)
    i = j = 0
    while i < len(mine) and j < len(theirs):
        if mine[i][0] < theirs[j][1] and theirs[j][0] < mine[i][1]:
            return True
        if mine[i][1] <= theirs[j][1]:
            i += 1
        else:
            j += 1
    return False


def joined(spans: Iterable[Span]) -> list[Span]:
    """In order, those that touch made one."""
    found: list[Span] = []
    for low, high in sorted(spans):
        if found and low <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return found


def without(spans: list[Span], cut: list[Span]) -> list[Span]:
    """What is left of the stretches; both in order."""
    left: list[Span] = []
    for low, high in spans:
        for from_, to in cut:
            if to <= low or from_ >= high:
                continue
            if from_ > low:
                left.append((low, from_))
            low = to
            if low >= high:
                break
        if low < high:
            left.append((low, high))
    return left


def _spans(areas: Iterable[Area]) -> Iterable[Span]:
    for area in areas:
        match area.kind:
            case AreaKind.GLOBAL:
                yield (0, COUNTRIES << COUNTRY_BITS)
            case AreaKind.REGION:
                yield from map(_country, REGIONS.get(area.value, ()))
            case AreaKind.COUNTRY:
                yield _country(area.value)
            case AreaKind.SUBDIVISION:
                yield _subdivision(area.value)
                for low, high in ZIP_CODES_OF.get(area.value, ()):
                    yield _postal("US", low, high)
            case AreaKind.POSTAL:
                pattern = PostalPattern.read(area.value, area.country)
                yield _postal(area.country or "", pattern.low, pattern.high)
            case AreaKind.ACCOUNT:
                for name in {area.value, str(area.customer or area.value)}:
                    yield account(name)


def _country(code: str) -> Span:
    first, second = (ord(letter) - ord("A") for letter in code)
    start = (first * 26 + second) << COUNTRY_BITS
    return (start, start + (1 << COUNTRY_BITS))


def _subdivision(code: str) -> Span:
    chain = [each.split("-", 1)[1] for each in reversed(with_its_wider_ones(code))]
    path = "".join(part.ljust(SUBDIVISION_LENGTH, " ") for part in chain[-LEVELS:])
    low, high = _numbers(path, path, f" {SIGNS}", SUBDIVISION_LENGTH * LEVELS)
    start = _country(code[:2])[0]
    return (start + low, start + high)


def _postal(country: str, first: str, last: str) -> Span:
    low, high = _numbers(first, last, SIGNS, POSTAL_LENGTH)
    start = _country(country)[0] + HALF
    return (start + low, start + high)


def _numbers(first: str, last: str, signs: str, length: int) -> Span:
    """From whatever starts with `first` to whatever starts with `last`, that included."""
    low, high = first[:length], last[:length]
    return (_number(low, signs, length), _number(high, signs, length, plus=1))


def _number(text: str, signs: str, length: int, plus: int = 0) -> int:
    number = 0
    for letter in text:
        number = number * len(signs) + signs.index(letter)
    return (number + plus) * len(signs) ** (length - len(text))


def _point(code: str) -> int:
    return int.from_bytes(blake2b(code.encode(), digest_size=8).digest(), "big") >> 2


def _industry(prefix: str) -> Span:
    low, _, high = prefix.partition("-")
    step = 10 ** (6 - len(low))
    return (int(low) * step, (int(high or low) + 1) * step)
