"""What each role finds in the menu, in the order of its day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app, request, url_for

from models.people import Actor, Role
from portal.permissions import may


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
QUEUE = Entry("To decide", "deals.queue", "scale")
REQUESTS = Entry("Requests", "deals.asked_for", "list-check")
PIPELINE = Entry("Pipeline", "deals.pipeline", "chart-bar")
WINS = Entry("Wins to look at", "deals.to_look_at", "circle-check")
CONFLICTS = Entry("Conflict cases", "conflicts.index", "alert-triangle")
OWN_CONFLICTS = Entry("Conflict cases", "conflicts.sides", "alert-triangle")
OWN_SALES = Entry("Our own sales", "engagements.index", "users")
SHARED = Entry("Shared deals", "sharing.index", "users")
RENEWALS = Entry("Renewals", "renewals.index", "calendar")
INSIGHTS = Entry("Insights", "insights.registration", "chart-bar")
PARTNERS = Entry("Partners", "partners.index", "users")
APPLICATIONS = Entry("Applications", "applications.index", "user-plus")
CUSTOMERS = Entry("Customers", "customers.index", "building")
TERRITORIES = Entry("Territories", "territories.index", "map-pin")
ROUTING = Entry("Routing", "routing.index", "list-check")
FORECAST = Entry("Forecast", "forecasts.show", "chart-bar")
LEADS = Entry("Leads", "leads.index", "user-plus")
OWN_LEADS = Entry("Leads", "leads.offered", "user-plus")
CLAIMS = Entry("Territory claims", "claims.index", "map")
OWN_CLAIMS = Entry("Your territories", "claims.index", "map")
CATALOG = Entry("Catalogue", "catalog.index", "package")
INVOICES = Entry("Invoices", "sales.index", "file-invoice")
POINT_OF_SALE = Entry("Point of sale", "sellthrough.index", "receipt")
COMMISSIONS = Entry("Commissions", "commissions.lines", "percentage")
DISPUTES = Entry("Disputes", "commissions.disputes", "scale")
STATEMENTS = Entry("Statements", "commissions.statements", "receipt")
MONTHS = Entry("Months", "commissions.months", "calendar")
ADJUSTMENTS = Entry("Adjustments", "commissions.adjustment_list", "adjustments")
PLANS = Entry("Plans", "commissions.plans", "list-check")
PAYOUTS = Entry("Payouts", "payouts.index", "cash")
RUNS = Entry("Payout runs", "payouts.runs", "cash")
TAXES = Entry("Taxes", "taxes.index", "receipt")
AUDIT = Entry("Audit", "audit.index", "list-check")
OWN_AUDIT = Entry("What was done", "audit.own", "list-check")
PEOPLE = Entry("People", "people.index", "users")
COMPANY = Entry("Company", "partners.company", "building")
COMPLAINTS = Entry("Complaints", "complaints.index", "mail")

MENUS: dict[Role, list[Entry]] = {
    Role.SELLER: [
        HOME, DEALS, STATEMENTS, PAYOUTS, CATALOG, CUSTOMERS, COMMISSIONS, INVOICES, COMPANY,
        RENEWALS, SHARED, OWN_CONFLICTS, OWN_CLAIMS, OWN_LEADS, DISPUTES, COMPLAINTS,
        POINT_OF_SALE,
    ],
    Role.PARTNER_ADMINISTRATOR: [
        HOME, DEALS, STATEMENTS, PAYOUTS, COMPANY, CUSTOMERS, COMMISSIONS, INVOICES, CATALOG,
        PEOPLE, RENEWALS, SHARED, OWN_CONFLICTS, OWN_CLAIMS, OWN_LEADS, DISPUTES,
        OWN_AUDIT, COMPLAINTS, POINT_OF_SALE,
    ],
    Role.CHANNEL_MANAGER: [
        HOME, QUEUE, DEALS, PARTNERS, APPLICATIONS, CUSTOMERS, TERRITORIES, CLAIMS, CATALOG,
        STATEMENTS, ROUTING, FORECAST, WINS, RENEWALS, CONFLICTS, OWN_SALES, REQUESTS, INSIGHTS,
        COMPLAINTS, LEADS, POINT_OF_SALE,
    ],
    Role.SALES_MANAGER: [
        HOME, PIPELINE, DEALS, FORECAST, ROUTING, PARTNERS, CUSTOMERS, TERRITORIES, CLAIMS,
        CATALOG, RENEWALS, OWN_SALES, CONFLICTS, QUEUE, REQUESTS, INSIGHTS, COMPLAINTS, LEADS,
        POINT_OF_SALE,
    ],
    Role.FINANCE: [
        HOME, RUNS, MONTHS, STATEMENTS, DISPUTES, INVOICES, COMMISSIONS, PLANS, PARTNERS, TAXES,
        ADJUSTMENTS, CATALOG, COMPLAINTS, POINT_OF_SALE,
    ],
    Role.ADMINISTRATOR: [
        HOME, QUEUE, DEALS, PARTNERS, PEOPLE, APPLICATIONS, CUSTOMERS, TERRITORIES, CLAIMS, ROUTING,
        CATALOG, PLANS, STATEMENTS, DISPUTES, PAYOUTS, WINS, RENEWALS, CONFLICTS, OWN_SALES,
        REQUESTS, INSIGHTS,
        ADJUSTMENTS, LEADS, POINT_OF_SALE, AUDIT, COMPLAINTS,
    ],
}  # fmt: skip


def menu(person: Actor) -> list[Item]:
    """The first five are also the bottom bar of a phone.  What would be refused is not there."""
    views: dict[str, Any] = current_app.view_functions
    entries = [
        entry for entry in MENUS[person.role]
        if entry.endpoint in views and may(person, views[entry.endpoint].permission)
    ]  # fmt: skip
    current = _current(entries)
    return [
        Item(entry.label, url_for(entry.endpoint), entry.icon, entry is current)
        for entry in entries
    ]


def _current(entries: list[Entry]) -> Entry | None:
    """The page's own entry; else the list it stands under, or the first of its feature."""
    own = [entry for entry in entries if entry.endpoint == request.endpoint]
    above = [e for e in entries if request.path.startswith(f"{url_for(e.endpoint)}/")]
    related = [e for e in entries if e.endpoint.partition(".")[0] == request.blueprint]
    return next(iter(own + above + related), None)
