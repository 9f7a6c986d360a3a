"""Where the bars of a chart stand."""

from itertools import pairwise

from portal import charts


def points(*values):
    return [(f"month {at}", value, f"${value}") for at, value in enumerate(values)]


def test_the_highest_bar_fills_the_room_and_half_of_it_is_half_as_high():
    drawn = charts.bars(points(50, 100), height=128)
    assert [bar.height for bar in drawn.bars] == [50.0, 100.0]
    assert drawn.bars[1].y == charts.HEADROOM


def test_a_bar_stands_on_the_line_of_nothing_and_a_negative_one_hangs_from_it():
    drawn = charts.bars(points(100, -50))
    above, below = drawn.bars
    assert round(above.y + above.height, 1) == drawn.zero == below.y
    assert round(below.y + below.height) == drawn.height - charts.FOOTROOM


def test_bars_stay_inside_the_drawing_and_do_not_touch():
    bars = charts.bars(points(*range(1, 13))).bars
    assert bars[0].x > 0 and bars[-1].x + bars[-1].width < 100
    assert all(left.x + left.width < right.x for left, right in pairwise(bars))


def test_parts_of_a_stack_stand_on_each_other_and_empty_ones_are_not_drawn():
    drawn = charts.stacks(
        ["open", "won", "lost"], [("May", [(1, "1"), (0, "0"), (3, "3")])], height=68
    )
    low, high = drawn.bars
    assert (low.series, high.series) == (1, 3)
    assert high.y + high.height == low.y
    assert (low.height, high.height) == (10.0, 30.0)


def test_the_table_says_the_same_as_the_drawing():
    assert charts.bars(points(7)).table == [["month 0", "$7"]]
    stacked = charts.stacks(["open", "won"], [("May", [(1, "one"), (0, "none")])])
    assert stacked.table == [["May", "one", "none"]]


def test_nothing_at_all_can_be_drawn():
    assert charts.bars([]).bars == []
    assert [bar.height for bar in charts.bars(points(0, 0)).bars] == [0.0, 0.0]
