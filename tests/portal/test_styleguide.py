"""The style guide: for staff, and whole."""

import re


def test_the_style_guide_shows_every_component(app, sign_in, a):
    a.vendor()
    page = sign_in(a.manager()).get("/styleguide").text
    for component in (
        "page-head", "views", "table", "paging", "tiles", "checklist", "alert bad", "compare", "kv",
        "timeline", "equation", "working", "badge", "chart", "field", "error-summary", "dialog",
        "toast", "empty", "filters", "print-lines",
    ):  # fmt: skip
        assert re.search(rf'class="[a-z -]*\b{component}\b', page), component


def test_a_partner_does_not_see_it(sign_in, a):
    a.vendor()
    assert sign_in(a.seller()).get("/styleguide").status_code == 403
