"""Puts the portal together.  The only file that knows every feature."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from flask_compress import Compress

from models import tripwire
from models.claims import JOBS as CLAIM_JOBS
from models.claims import keep_watch
from models.commissions.operations import JOBS as COMMISSION_JOBS
from models.commissions.operations import tally_months
from models.complaints import keep_the_clock
from models.deals import JOBS, expire_due, warn_stale
from models.deals.conflicts.operations import JOBS as CONFLICT_JOBS
from models.forecasts import weekly
from models.leads import JOBS as LEAD_JOBS
from models.people import passwords
from models.renewals import propose_due
from models.sellthrough import remind
from models.wins.operations import JOBS as WIN_JOBS
from portal import (
    backing_up,
    database,
    errors,
    footprints,
    formats,
    identity,
    paths,
    security,
    worker,
)
from portal.account import views as account
from portal.agreements import views as agreements
from portal.applications import views as applications
from portal.approvals import views as approvals
from portal.audit import heads
from portal.audit import views as audit
from portal.catalog import views as catalog
from portal.claims import views as claims
from portal.commissions import closing, filing, rerating, settling, simulating
from portal.commissions import views as commissions
from portal.complaints import views as complaints
from portal.conflicts import views as conflicts
from portal.customers import views as customers
from portal.deals import views as deals
from portal.engagements import views as engagements
from portal.federation import views as federation
from portal.files import views as files
from portal.forecasts import views as forecasts
from portal.health import views as health
from portal.home import views as home
from portal.insights import views as insights
from portal.jobs import views as jobs
from portal.leads import views as leads
from portal.navigation import menu
from portal.notices import views as notices
from portal.partners import views as partners
from portal.payouts import (
    invoicing,
    stripe_connection,
    stripe_looking,
    stripe_onboarding,
    stripe_webhooks,
)
from portal.payouts import views as payouts
from portal.payouts.rounds import by_the_calendar
from portal.people import views as people
from portal.permissions import Can, may
from portal.privacy import nightly
from portal.privacy import views as privacy
from portal.programme import views as programme
from portal.provisioning import views as provisioning
from portal.renewals import views as renewals
from portal.routing import views as routing
from portal.sales import views as sales
from portal.saved_views import views as saved_views
from portal.search import views as search
from portal.sellthrough import reading
from portal.sellthrough import views as sellthrough
from portal.settings import Settings
from portal.sharing import views as sharing
from portal.signin import errands as signin_errands
from portal.signin import views as signin
from portal.styleguide import views as styleguide
from portal.taxes import views as taxes
from portal.territories import loading as territory_loading
from portal.territories import views as territories

ROOT = Path(__file__).parent.parent

FEATURES: list[Any] = [
    home.pages,
    health.pages,
    insights.pages,
    signin.pages,
    federation.pages,
    provisioning.pages,
    account.pages,
    people.pages,
    agreements.pages,
    audit.pages,
    partners.pages,
    applications.pages,
    notices.pages,
    complaints.pages,
    privacy.pages,
    jobs.pages,
    deals.pages,
    conflicts.pages,
    engagements.pages,
    sharing.pages,
    renewals.pages,
    files.pages,
    commissions.pages,
    sales.pages,
    payouts.pages,
    taxes.pages,
    search.pages,
    saved_views.pages,
    styleguide.pages,
    programme.pages,
    approvals.pages,
    catalog.pages,
    customers.pages,
    territories.pages,
    claims.pages,
    routing.pages,
    leads.pages,
    sellthrough.pages,
    forecasts.pages,
]
"""The pages of each feature."""

worker.HANDLERS.update(JOBS)
worker.HANDLERS.update(CONFLICT_JOBS)
worker.HANDLERS.update(CLAIM_JOBS)
worker.HANDLERS.update(LEAD_JOBS)
worker.HANDLERS.update(WIN_JOBS)
worker.ERRANDS.update(signin_errands.ERRANDS)
worker.HANDLERS.update(COMMISSION_JOBS)
worker.ERRANDS.update(stripe_connection.ERRANDS)
worker.ERRANDS.update(stripe_looking.ERRANDS)
worker.ERRANDS.update(stripe_onboarding.ERRANDS)
worker.ERRANDS.update(invoicing.ERRANDS)
worker.ERRANDS.update(territory_loading.ERRANDS)
worker.ERRANDS.update(reading.ERRANDS)
worker.ERRANDS.update(closing.ERRANDS)
worker.ERRANDS.update(filing.ERRANDS)
worker.ERRANDS.update(simulating.ERRANDS)
worker.ERRANDS.update(rerating.ERRANDS)
worker.ERRANDS.update(settling.ERRANDS)
worker.ERRANDS.update(nightly.ERRANDS)
worker.ERRANDS.update(backing_up.ERRANDS)
worker.ROUNDS.append((timedelta(minutes=10), stripe_looking.every_night))
worker.ROUNDS.append((timedelta(minutes=1), stripe_connection.keep_reading))
worker.ROUNDS.append((timedelta(minutes=10), by_the_calendar))
worker.ROUNDS.append((timedelta(minutes=10), tally_months))
worker.ROUNDS.append((timedelta(minutes=1), heads.keep_when_due))
worker.ROUNDS.append((timedelta(minutes=10), expire_due))
worker.ROUNDS.append((timedelta(hours=1), warn_stale))
worker.ROUNDS.append((timedelta(hours=1), keep_watch))
worker.ROUNDS.append((timedelta(hours=1), weekly))
worker.ROUNDS.append((timedelta(hours=1), propose_due))
worker.ROUNDS.append((timedelta(hours=1), remind))
worker.ROUNDS.append((timedelta(hours=1), keep_the_clock))
worker.ROUNDS.append((timedelta(minutes=10), nightly.every_night))
worker.ROUNDS.append((timedelta(minutes=10), backing_up.every_night))


def create_app(settings: Settings, **engine_options: Any) -> Flask:
    app = Flask("portal", root_path=str(ROOT))
    app.extensions["settings"] = settings
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    known = settings.breached_passwords
    passwords.also_refuse(Path(known) if known else None)
    security.protect(app, settings)
    database.connect(
        app, settings.database_url, is_pooled=settings.database_pooled, **engine_options
    )
    tripwire.check_the_walls(app.extensions["engine"].dialect)
    stripe_connection.must_not_pay_the_demonstration(app, settings)
    identity.remember_people(app)
    footprints.install(app)
    formats.install(app)
    paths.install(app)
    errors.install(app)
    Compress(app)
    app.context_processor(_on_every_page)
    app.url_defaults(_with_fingerprint)
    for feature in FEATURES:
        app.register_blueprint(feature)
    for view in stripe_webhooks.UNSIGNED:
        app.extensions["csrf"].exempt(view)
    for view in provisioning.MACHINES:
        app.extensions["csrf"].exempt(view)
    return app


def _on_every_page() -> dict[str, Any]:
    asking = identity.asking()
    accent = current_app.extensions["settings"].accent
    if asking is None:
        return {"accent": accent, "person": None, "vendor": "Counterpart"}
    return {
        "accent": accent,
        "person": asking.actor,
        "visit": {"ends_at": asking.visit_ends_at} if asking.actor.visitor else None,
        "partner_name": asking.partner_name,
        "vendor": asking.vendor_name or "Counterpart",
        "menu": menu(asking.actor),
        "unread": asking.unread if may(asking.actor, Can.SEE_NOTICES) else None,
    }


def _with_fingerprint(endpoint: str, values: dict[str, Any]) -> None:
    """Static addresses carry a hash of the content, so that they may be cached for a year."""
    if endpoint == "static" and "v" not in values:
        values["v"] = _fingerprint(values["filename"])


@cache
def _fingerprint(filename: str) -> str:
    file = ROOT / "static" / filename
    return hashlib.sha256(file.read_bytes()).hexdigest()[:10] if file.is_file() else "0"
