"""Pages on which the vendor's administrator makes and ends a directory's tokens."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from wtforms import BooleanField
from wtforms.validators import InputRequired, Length

from models import provisioning
from models.federation import IdentityProvider
from models.people import Actor
from portal.clock import now
from portal.database import session
from portal.fields import TidyField
from portal.permissions import Can, allow, everybody
from portal.provisioning.blueprint import pages


class TokenForm(FlaskForm):
    name = TidyField(
        "What it is for",
        [InputRequired("Say what it is for."), Length(max=60)],
        description="Such as “Entra ID, production”.",
    )
    may_write = BooleanField(
        "It may add, change and remove people", default=True, description="Else it only reads."
    )


def provider_or_404(_person: Actor, provider_id: UUID) -> IdentityProvider:
    return session.get(IdentityProvider, provider_id) or abort(404)


@pages.get("/single-sign-on/<uuid:provider_id>/directory")
@allow(Can.KEEP_PROVIDERS, find=provider_or_404)
def show(_person: Actor, provider: IdentityProvider) -> str:
    return _page(provider, TokenForm())


@pages.post("/single-sign-on/<uuid:provider_id>/directory")
@allow(Can.KEEP_PROVIDERS, find=provider_or_404, fresh=everybody)
def make(person: Actor, provider: IdentityProvider) -> Any:
    form = TokenForm()
    if not form.validate():
        return _page(provider, form), 422
    secret = provisioning.new_token(
        session, provider, name=form.name.data, may_write=form.may_write.data, by=person, now=now()
    )
    return _page(provider, TokenForm(formdata=None), secret)


@pages.post("/single-sign-on/<uuid:provider_id>/directory/<uuid:token_id>/ending")
@allow(Can.KEEP_PROVIDERS, fresh=everybody)
def end(person: Actor, provider_id: UUID, token_id: UUID) -> Any:
    provider = provider_or_404(person, provider_id)
    if not provisioning.end_token(session, provider.id, token_id, by=person, now=now()):
        abort(404)
    flash("Ended. The directory can no longer speak with it.")
    return redirect(url_for("provisioning.show", provider_id=provider.id), 303)


def _page(provider: IdentityProvider, form: TokenForm, secret: str | None = None) -> str:
    return render_template(
        "provisioning/show.html",
        provider=provider,
        form=form,
        secret=secret,
        tokens=provisioning.tokens_of(session, provider.id),
        address=url_for("provisioning.describe", _external=True).rpartition("/")[0],
    )
