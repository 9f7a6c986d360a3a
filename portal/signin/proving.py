"""Pages that ask for a proof: the second factor at sign-in, and again before what matters most."""

from __future__ import annotations

from typing import Any

from flask import g, make_response, redirect, render_template, request, url_for
from werkzeug import Response

from models import factors
from models.people import Actor, Stage
from models.scope import vendor_side
from portal import identity, proofs
from portal.barriers import ProofNeeded
from portal.database import session
from portal.errors import page_of_part
from portal.permissions import Can, allow
from portal.proofs import ProofForm
from portal.signin.blueprint import pages
from portal.ways import after_sign_in, of_ours

OUR_FIELDS = {"csrf_token", "proof_code", "proof_passkey", "proof_to"}


@pages.get("/sign-in/second-factor")
@allow(Can.PROVE_ONESELF, stages=(Stage.FACTOR,))
def second_factor(person: Actor) -> Any:
    if identity.asking() is not None:
        return redirect(after_sign_in(request.args.get("next", "")), 303)
    return _factor_page(person, ProofForm())


@pages.post("/sign-in/second-factor")
@allow(Can.PROVE_ONESELF, stages=(Stage.FACTOR,))
def prove(person: Actor) -> Any:
    form = ProofForm()
    if not proofs.is_proven(person, form):
        return _factor_page(person, form), 422
    return redirect(after_sign_in(request.args.get("next", "")), 303)


@pages.post("/passkey-challenge")
@allow(Can.PROVE_ONESELF, stages=(Stage.FACTOR,))
def challenge(person: Actor) -> Response:
    """What this browser's passkey has to sign."""
    here = identity.coming()
    assert here is not None, "a guarded view has somebody asking"
    with vendor_side(session) as own:
        said = factors.ask_passkey(own, here.session_id, person.id, site=proofs.site())
    return Response(said, mimetype="application/json")


@pages.get("/confirm")
@allow(Can.PROVE_ONESELF)
def confirm(person: Actor) -> str:
    return _confirm_page(person, ProofForm())


@pages.post("/confirm")
@allow(Can.PROVE_ONESELF)
def confirmed(person: Actor) -> Any:
    form = ProofForm()
    if not proofs.is_proven(person, form):
        return _confirm_page(person, form), 422
    if form.proof_to.data:  # 307: the browser sends what was typed on, as it was
        return redirect(of_ours(form.proof_to.data, "POST") or url_for("home.index"), 307)
    return redirect(after_sign_in(request.args.get("next", "")), 303)


@pages.app_errorhandler(ProofNeeded)
def ask_for_proof(_needed: ProofNeeded) -> Any:
    """Nothing was done; what was typed is kept in the page and sent on after the proof."""
    if "session" in g:
        g.session.rollback()
    here = request.full_path.rstrip("?")
    if "HX-Request" in request.headers:
        return "", 403, {"HX-Redirect": url_for("signin.confirm", next=page_of_part())}
    if request.method in ("GET", "HEAD"):
        return redirect(url_for("signin.confirm", next=here), 303)
    return _confirm_page(identity.person_asking(), ProofForm(formdata=None, proof_to=here)), 403


def _factor_page(person: Actor, form: ProofForm) -> Response:
    wanted = request.args.get("next", "")
    ways = proofs.ways_of(person)
    page = make_response(
        render_template("signin/second_factor.html", form=form, wanted=wanted, **ways)
    )
    if ways["demo_seconds"] and request.method == "GET":
        page.headers["Refresh"] = str(ways["demo_seconds"])  # the code that is filled in runs out
    return page


def _confirm_page(person: Actor, form: ProofForm) -> str:
    kept = [
        (name, value) for name, value in request.form.items(multi=True) if name not in OUR_FIELDS
    ]
    return render_template(
        "signin/confirm.html",
        form=form,
        kept=kept,
        wanted=request.args.get("next", "") if not form.proof_to.data else "",
        **proofs.ways_of(person),
    )
