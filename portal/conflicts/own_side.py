"""A partner's own side of a case: what it is about, its evidence, the decision, its appeal."""

from __future__ import annotations

from flask import flash, render_template
from sqlalchemy import select
from werkzeug import Response

from models import files, vendor
from models.catalog import ProductFamily
from models.deals import Deal, conflicts
from models.deals.conflicts import ConflictSide, Rule, Standing
from models.deals.conflicts import operations as verbs
from models.deals.conflicts.operations.filing import SIDE_FILES
from models.people import Actor
from portal.agreeing import agreed
from portal.clock import now
from portal.conflicts.blueprint import TONES, back_to_side, pages, side_or_404
from portal.conflicts.forms import AppealForm, EvidenceForm
from portal.database import session
from portal.fields import uploads
from portal.permissions import Can, allow, may

Answer = Response | tuple[str, int] | str


@pages.get("/sides/<uuid:conflict_side_id>")
@allow(Can.SEE_OWN_CONFLICT, find=side_or_404)
def side(person: Actor, side: ConflictSide) -> Answer:
    return _page(person, side)


@pages.post("/sides/<uuid:conflict_side_id>/evidence")
@allow(Can.FILE_EVIDENCE, find=side_or_404)
def file_evidence(person: Actor, side: ConflictSide) -> Answer:
    form = EvidenceForm()

    def do() -> None:
        said = {"text": form.text.data, "uploads": uploads(form.files)}
        verbs.file_evidence(session, side, **said, by=person, now=now())

    if not agreed(form, do):
        return _page(person, side, evidence=form), 422
    flash("Filed. Nobody but us reads it.")
    return back_to_side(side)


@pages.post("/sides/<uuid:conflict_side_id>/appeal")
@allow(Can.FILE_EVIDENCE, find=side_or_404)
def appeal(person: Actor, side: ConflictSide) -> Answer:
    form = AppealForm()

    def do() -> None:
        verbs.appeal(session, side, text=form.text.data, by=person, now=now())

    if not agreed(form, do):
        return _page(person, side, appeal=form), 422
    flash("Your appeal is filed. Somebody else than before reads it.")
    return back_to_side(side)


def _page(
    person: Actor,
    side: ConflictSide,
    *,
    evidence: EvidenceForm | None = None,
    appeal: AppealForm | None = None,
) -> str:
    deal = session.scalars(select(Deal).where(Deal.id == side.deal_id)).one()
    is_own = may(person, Can.FILE_EVIDENCE, side)
    return render_template(
        "conflicts/side.html",
        side=side,
        deal=deal,
        family=session.get_one(ProductFamily, deal.family_id).name,
        filed=conflicts.evidence_of(session, [side.id]),
        files=files.attached(session, SIDE_FILES, side.id),
        appeal_days=vendor.settings(session).appeal_business_days,
        rules=[rule.words for rule in Rule if rule is not Rule.OTHER],
        tone=TONES.get(side.standing, "plain"),
        evidence=evidence or EvidenceForm(formdata=None),
        appeal=appeal or AppealForm(formdata=None),
        can_file=evidence is not None or (is_own and _may_file(side)),
        can_appeal=appeal is not None or (is_own and _may_appeal(side)),
    )


def _may_file(side: ConflictSide) -> bool:
    return side.standing is Standing.OPEN and now() <= side.evidence_by


def _may_appeal(side: ConflictSide) -> bool:
    return side.appeal_by is not None and side.appealed_at is None and now() <= side.appeal_by
