"""The start page: the first question of each role, answered.  Reads only."""

from flask import Blueprint, render_template

from models.people import Actor
from portal.permissions import Can, allow

pages = Blueprint("home", __name__)


@pages.get("/")
@allow(Can.SEE_HOME)
def index(person: Actor):
    return render_template("home/index.html")
