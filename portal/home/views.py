"""The start page: the first question of each role, answered.  Reads only."""

from flask import Blueprint, render_template

from models.people import Actor, Role
from portal.home import staff
from portal.home.partner import partner_home
from portal.permissions import Can, allow

pages = Blueprint("home", __name__)

HOMES = {
    Role.SELLER: ("home/partner.html", partner_home),
    Role.PARTNER_ADMINISTRATOR: ("home/partner.html", partner_home),
    Role.CHANNEL_MANAGER: ("home/channel_manager.html", staff.channel_manager_home),
    Role.SALES_MANAGER: ("home/sales_manager.html", staff.sales_manager_home),
    Role.FINANCE: ("home/finance.html", staff.finance_home),
    Role.ADMINISTRATOR: ("home/administrator.html", staff.administrator_home),
}


@pages.get("/")
@allow(Can.SEE_HOME)
def index(person: Actor):
    template, gather = HOMES[person.role]
    return render_template(template, **gather(person))
