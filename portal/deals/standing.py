"""Where a deal stands with promises: its clock, its approvals, changes, appeal, letters."""

from __future__ import annotations

from typing import Any

from models import deals, files
from models.deals import DEAL_MOVES, ApprovalState, ChoiceKind, ChoiceState, Deal, DealStatus
from models.deals.operations.choosing import LETTER, WAITING
from models.people import Actor
from portal.clock import now
from portal.database import session
from portal.deals.amending import changes_of
from portal.deals.choosing import letters_of, may_name
from portal.deals.request_forms import AppealForm, JudgementForm, RevokeForm
from portal.permissions import Can, may

FORMS = {"appeal": AppealForm, "judgement": JudgementForm, "revoke": RevokeForm}


def standing(person: Actor, deal: Deal) -> dict[str, Any]:
    """Everything that `deals/standing.html` shows of one deal to this person."""
    was_submitted = deal.submitted_at is not None
    return {
        "steps": _steps(deal) if was_submitted else [],
        "is_partner": not person.is_staff,
        "is_late": deal.missed_at is not None and deal.status in deals.UNDECIDED,
        "change": _changes(person, deal) if deal.approved_on else {"made": [], "may": False},
        "appeal": _appeal(person, deal) if deal.status is DealStatus.REJECTED else None,
        "letters": _letters(person, deal) if was_submitted else [],
        "may_name": was_submitted
        and DEAL_MOVES.allows("name_choice", deal.status)
        and may_name(person, deal),
        "revocable": _revocable(person, deal),
        "forms": {name: kind(formdata=None) for name, kind in FORMS.items()},
    }


def may_decide(person: Actor, deal: Deal) -> bool:
    """Whether the deal waits for this very person."""
    return deal.status in deals.UNDECIDED and (
        may(person, Can.APPROVE_DEAL, deal) and deals.may_decide(session, deal, person, now=now())
    )


def _steps(deal: Deal, amendment_id: Any = None) -> list[dict[str, Any]]:
    words = {
        ApprovalState.DONE: "approved",
        ApprovalState.OPEN: "is asked now",
        ApprovalState.LATER: "is asked later",
    }
    return [
        {
            "name": row.decided_by_name or row.name,
            "done": row.state is ApprovalState.DONE,
            "words": words[row.state],
            "at": row.decided_at,
        }
        for row in deals.approvals_of(session, deal.id, amendment_id=amendment_id)
    ]


def _changes(person: Actor, deal: Deal) -> dict[str, Any]:
    made = changes_of(deal)
    waiting = next((each for each in made if each["is_open"]), None)
    may_answer = False
    if waiting is not None:
        waiting["steps"] = _steps(deal, waiting["it"].id)
        may_answer = (
            may(person, Can.APPROVE_DEAL, deal)
            and deal.status is DealStatus.APPROVED
            and deals.may_decide(session, deal, person, now=now(), amendment_id=waiting["it"].id)
        )
    may_change = DEAL_MOVES.allows("amend", deal.status) and may(person, Can.REGISTER_DEAL, deal)
    return {
        "made": made,
        "may": may_change and waiting is None and deal.won_at is None,
        "may_answer": may_answer,
        "may_take_back": may(person, Can.REGISTER_DEAL, deal)
        and deal.status is DealStatus.APPROVED,
    }


def _appeal(person: Actor, deal: Deal) -> dict[str, Any]:
    made = deals.appeal_of(session, deal.id)
    if made is None:
        may_appeal = may(person, Can.REGISTER_DEAL, deal) and deal.decided_at is not None
        through = deals.appeal_through(session, deal) if may_appeal else None
        return {"made": None, "through": through, "may_judge": False}
    may_judge = may(person, Can.DECIDE_DEAL, deal) and deals.may_judge(
        session, deal, made, person, now=now()
    )
    is_late = made.judge_by is not None and made.judge_by < now()
    return {"made": made, "through": None, "may_judge": may_judge, "is_late": is_late}


def _letters(person: Actor, deal: Deal) -> list[dict[str, Any]]:
    """A partner reads only of those that choose it."""
    shown = [
        letter
        for letter in letters_of(deal)
        if person.is_staff or letter.kind is ChoiceKind.TRANSFER
    ]
    decides = may(person, Can.DECIDE_DEAL, deal) and person.id != deal.registered_by_id
    return [
        {
            "it": letter,
            "files": files.attached(session, LETTER, letter.id),
            "may_back": decides and letter.state is ChoiceState.NAMED,
            "may_confirm": decides
            and letter.state is ChoiceState.BACKED
            and letter.backed_by_id != person.id,
            "may_decline": decides and letter.state in WAITING,
        }
        for letter in shown
    ]


def _revocable(person: Actor, deal: Deal) -> Any:
    """When a quiet deal may be revoked, for staff; None when it was not warned."""
    if deal.stale_warned_at is None or deal.status is not DealStatus.APPROVED:
        return None
    return deals.may_be_revoked_from(session, deal)
