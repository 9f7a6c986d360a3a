"""Where the bars of a chart stand.  Pure geometry: across in percent, down in pixels.

Across in percent, so that a chart fits a phone and its letters stay readable there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

HEADROOM = 4  # pixels above the highest bar
FOOTROOM = 24  # pixels below, for the names of the columns
FILLED = 0.8  # part of a column's width that its bar takes


@dataclass(frozen=True, slots=True)
class Bar:
    """One rectangle.  series: which part of a stack, counted from 1."""

    label: str
    shown: str
    value: int
    x: float
    width: float
    y: float
    height: float
    series: int = 1


@dataclass(frozen=True, slots=True)
class Tick:
    label: str
    x: float


@dataclass(frozen=True, slots=True)
class Chart:
    """zero: where the line of nothing stands.  table: the same as rows of text."""

    height: int
    zero: float
    bars: list[Bar]
    ticks: list[Tick]
    series: list[str]
    table: list[list[str]]


def bars(
    points: Sequence[tuple[str, int, str]], *, ticks: Sequence[str] = (), height: int = 170
) -> Chart:
    """Of (label, value, the value in words), oldest first; values may be negative.

    ticks: what stands below each column where its label is too long for that.
    """
    scale, zero = _scale([value for _, value, _ in points], height)
    drawn = [
        Bar(label, shown, value, *_across(at, len(points)), *_down(0, value, scale, zero))
        for at, (label, value, shown) in enumerate(points)
    ]
    return Chart(
        height=height,
        zero=zero,
        bars=drawn,
        ticks=_ticks(ticks or [label for label, _, _ in points]),
        series=[],
        table=[[label, shown] for label, _, shown in points],
    )


def stacks(
    series: Sequence[str],
    points: Sequence[tuple[str, Sequence[tuple[int, str]]]],
    *,
    height: int = 200,
) -> Chart:
    """Of (label, one (value, in words) for each series); values are not negative."""
    scale, zero = _scale([sum(value for value, _ in parts) for _, parts in points], height)
    drawn = []
    for at, (label, parts) in enumerate(points):
        below = 0
        for number, (value, shown) in enumerate(parts, start=1):
            if value:
                name = f"{label}, {series[number - 1]}"
                down = _down(below, value, scale, zero)
                drawn.append(Bar(name, shown, value, *_across(at, len(points)), *down, number))
                below += value
    return Chart(
        height=height,
        zero=zero,
        bars=drawn,
        ticks=_ticks([label for label, _ in points]),
        series=list(series),
        table=[[label, *(shown for _, shown in parts)] for label, parts in points],
    )


def _scale(values: Sequence[int], height: int) -> tuple[float, float]:
    """Pixels a unit, and where zero stands."""
    highest, lowest = max([0, *values]), min([0, *values])
    room = height - HEADROOM - FOOTROOM
    scale = room / ((highest - lowest) or 1)
    return scale, round(HEADROOM + highest * scale, 1)


def _across(at: int, count: int) -> tuple[float, float]:
    """(x, width) of a bar, in percent."""
    column = 100 / count
    return round(column * (at + (1 - FILLED) / 2), 2), round(column * FILLED, 2)


def _down(below: int, value: int, scale: float, zero: float) -> tuple[float, float]:
    """(y, height) of a bar that stands on `below`, in pixels."""
    top = zero - (below + max(value, 0)) * scale
    return round(top, 1), round(abs(value) * scale, 1)


def _ticks(labels: Sequence[str]) -> list[Tick]:
    column = 100 / max(len(labels), 1)
    return [Tick(label, round(column * (at + 0.5), 2)) for at, label in enumerate(labels)]
