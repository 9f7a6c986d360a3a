"""What each role finds in the menu, in the order of its day."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, request, url_for

from models.people import Actor, Role


@dataclass(frozen=True)
class Entry:
    label: str
    endpoint: str
    icon: str


@dataclass(frozen=True)
class Item:
    """An entry as the page shows it."""

    label: str
    url: str
    icon: str
    current: bool


HOME = Entry("Home", "home.index", "home")
DEALS = Entry("Deals", "deals.index", "inbox")
QUEUE = Entry("To decide", "deals.queue", "inbox")
PIPELINE = Entry("Pipeline", "deals.pipeline", "chart-bar")
PARTNERS = Entry("Partners", "partners.index", "users")
APPLICATIONS = Entry("Applications", "applications.index", "user-plus")
CUSTOMERS = Entry("Customers", "customers.index", "building")
TERRITORIES = Entry("Territories", "territories.index", "map-pin")
CATALOG = Entry("Catalogue", "catalog.index", "package")
INVOICES = Entry("Invoices", "sales.index", "file-invoice")
COMMISSIONS = Entry("Commissions", "commissions.lines", "percentage")
STATEMENTS = Entry("Statements", "commissions.statements", "receipt")
MONTHS = Entry("Months", "commissions.months", "calendar")
PLANS = Entry("Plans", "commissions.plans", "list-check")
PAYOUTS = Entry("Payouts", "payouts.index", "cash")
RUNS = Entry("Payout runs", "payouts.runs", "cash")
PEOPLE = Entry("People", "people.index", "users")
COMPANY = Entry("Company", "partners.company", "building")

MENUS: dict[Role, list[Entry]] = {
    Role.SELLER: [HOME, DEALS, STATEMENTS, PAYOUTS, CATALOG, COMMISSIONS, INVOICES, COMPANY],
    Role.PARTNER_ADMINISTRATOR: [
        HOME, DEALS, STATEMENTS, PAYOUTS, COMPANY, COMMISSIONS, INVOICES, CATALOG, PEOPLE,
    ],
    Role.CHANNEL_MANAGER: [
        HOME, QUEUE, DEALS, PARTNERS, APPLICATIONS, CUSTOMERS, TERRITORIES, CATALOG, STATEMENTS,
    ],
    Role.SALES_MANAGER: [HOME, PIPELINE, DEALS, PARTNERS, CUSTOMERS, TERRITORIES, CATALOG],
    Role.FINANCE: [
        HOME, RUNS, MONTHS, STATEMENTS, INVOICES, COMMISSIONS, PLANS, PARTNERS, CATALOG,
    ],
    Role.ADMINISTRATOR: [
        HOME, QUEUE, DEALS, PARTNERS, PEOPLE, APPLICATIONS, CUSTOMERS, TERRITORIES, CATALOG,
        PLANS, STATEMENTS, RUNS,
    ],
}  # fmt: skip


def menu(person: Actor) -> list[Item]:
    """The first five are also the bottom bar of a phone."""
    here = request.blueprint
    return [
        Item(entry.label, url_for(entry.endpoint), entry.icon, _is_current(entry, here))
        for entry in MENUS[person.role]
        if entry.endpoint in current_app.view_functions
    ]


def _is_current(entry: Entry, blueprint: str | None) -> bool:
    if request.endpoint == entry.endpoint:
        return True
    shown = {other.endpoint for other in vars_of_menu()}
    return request.endpoint not in shown and entry.endpoint.partition(".")[0] == blueprint


def vars_of_menu() -> list[Entry]:
    return [entry for entries in MENUS.values() for entry in entries]
