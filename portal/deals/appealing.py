"""The appeal against a rejection: made by the partner, judged by somebody else."""

from __future__ import annotations

from models import deals
from models.deals import Deal
from models.people import Actor
from portal.clock import now
from portal.database import session
from portal.deals.answering import Answer, step
from portal.deals.blueprint import deal_or_404, pages
from portal.deals.request_forms import AppealForm, JudgementForm
from portal.permissions import Can, allow


@pages.post("/<uuid:deal_id>/appeal")
@allow(Can.REGISTER_DEAL, find=deal_or_404)
def appeal(person: Actor, deal: Deal) -> Answer:
    form = AppealForm()

    def do() -> None:
        deals.appeal(session, deal, note=form.text.data, by=person, now=now())

    said = "Appealed. Somebody who did not decide looks at it again."
    return step(deal, form, "Appeal", "Appeal", do, said)


@pages.post("/<uuid:deal_id>/appeal/judgement")
@allow(Can.DECIDE_DEAL, find=deal_or_404)
def judge(person: Actor, deal: Deal) -> Answer:
    form = JudgementForm()
    granted = form.granted.data == "yes"

    def do() -> None:
        act = deals.overturn if granted else deals.uphold
        act(session, deal, text=form.text.data, by=person, now=now())

    said = f"{deal.customer_name} approved." if granted else "The rejection stands."
    return step(deal, form, "Judge the appeal", "Judge", do, f"{said} The partner is told.")
