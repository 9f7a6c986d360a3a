"""The style guide: every component in every state.  Staff only; touches no data."""

from flask import Blueprint, render_template

from models.money import Money
from models.people import Actor
from portal.permissions import Can, allow
from portal.styleguide import samples

pages = Blueprint("styleguide", __name__)


@pages.get("/styleguide")
@allow(Can.SEE_STYLEGUIDE)
def index(person: Actor):
    return render_template(
        "styleguide/index.html",
        rows=samples.ROWS,
        events=samples.EVENTS,
        evidence=samples.EVIDENCE,
        steps=samples.STEPS,
        usd=lambda minor: Money(minor, "USD"),
        **samples.forms(),
        **samples.drawings(),
        **samples.maps(),
    )
