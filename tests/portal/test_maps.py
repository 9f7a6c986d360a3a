"""Maps: what is drawn, what stands beside it, and which shade says how much."""

import re

import pycountry

from portal import maps
from portal.maps import WORLD, Paint, area_map, shades

NOTHING = Paint("none", "Nothing")


def drawn(of, paints=None):
    return area_map(of, paints or {}, legend=[], rest=NOTHING)


def test_every_country_is_drawn_or_stands_beside_the_map(app):
    with app.test_request_context():
        world = drawn(WORLD)
    outlined, tiles = ({each.code for each in part} for part in (world.outlined, world.tiles))
    assert outlined | tiles >= {each.alpha_2 for each in pycountry.countries} - {"AQ"}
    assert not outlined & tiles
    assert {"MT", "SG", "LI"} <= tiles and {"DE", "US", "SO", "CY", "XK"} <= outlined


def test_every_state_is_drawn_and_the_islands_of_the_union_stand_beside(app):
    with app.test_request_context():
        states = drawn("US")
    assert len(states.outlined) == 51
    assert {"US-PR", "US-GU"} <= {each.code for each in states.tiles}


def test_a_country_without_outlines_is_all_tiles_of_its_widest_parts(app):
    with app.test_request_context():
        assert {each.code for each in drawn("GB").tiles} == {"GB-ENG", "GB-NIR", "GB-SCT", "GB-WLS"}
        assert len(drawn("DE").tiles) == 16 and drawn("DE").outlined == []


def test_outlines_are_paths_inside_their_frame():
    for file in maps.DRAWN.values():
        kept = maps._outlines(file)
        left, top, width, height = map(float, kept["view"].split())
        for code, path in kept["paths"].items():
            assert re.fullmatch(r"(M[-\d.]+,[-\d.]+l[-\d., ]+z)+", path), code
            for x, y in re.findall(r"M([-\d.]+),([-\d.]+)", path):
                assert left <= float(x) <= left + width and top <= float(y) <= top + height, code


def test_places_of_which_something_is_said_are_told_by_name(app):
    with app.test_request_context():
        told = drawn(WORLD, {"MT": Paint("free", "Nobody's"), "DE": Paint("held", "Held")}).told
    assert [(each.name, each.paint.words) for each in told] == [
        ("Germany", "Held"),
        ("Malta", "Nobody's"),
    ]


def test_shades_share_out_the_places_and_nothing_has_none():
    amounts = {"A": 0, "B": 1, "C": 2, "D": 3, "E": 4, "F": 1000}
    paints, legend = shades(amounts, shown=str, url=lambda code: f"?place={code}")
    assert "A" not in paints
    assert [paints[code].tone for code in "BCDEF"] == [f"heat-{step}" for step in range(1, 6)]
    assert legend[-1] == ("heat-5", "to 1000") and paints["B"].url == "?place=B"
    assert shades({"A": 0}, shown=str, url=lambda _: None) == ({}, [])


def test_equal_amounts_have_one_shade():
    paints, legend = shades({"A": 5, "B": 5, "C": 5}, shown=str, url=lambda _: None)
    assert {paint.tone for paint in paints.values()} == {"heat-1"} and len(legend) == 1
