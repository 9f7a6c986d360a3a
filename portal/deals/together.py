"""Many deals decided with one press: looked at first, then each decided by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session
from werkzeug import Response

from models import deals
from models.base import new_id
from models.deals import Deal, Question, RejectReason, Sorted, together
from models.errors import Refused
from models.people import Actor
from portal.clock import now
from portal.database import session, transaction
from portal.deals.blueprint import pages, queue_address
from portal.deals.forms import AskForm, RejectForm
from portal.deals.queue import kept, queue_filter
from portal.permissions import Can, allow

FORMS: dict[str, Any] = {"approve": FlaskForm, "reject": RejectForm, "ask": AskForm}
DONE = {"approve": "approved", "reject": "rejected", "ask": "asked about"}
Answer = Response | str | tuple[str, int]


@pages.get("/together/selection")
@allow(Can.APPROVE_DEAL)
def selection(person: Actor) -> str:
    """How many are selected and what they are worth, for the bar above the queue."""
    return render_template("deals/selection.html", found=_found(person))


@pages.get("/together")
@allow(Can.APPROVE_DEAL)
def look_together(person: Actor) -> Answer:
    verb = _verb(request.args.get("verb", "approve"))
    return _page(person, verb, FORMS[verb](formdata=None), _found(person), new_id())


@pages.post("/together")
@allow(Can.APPROVE_DEAL)
def decide_together(person: Actor) -> Answer:
    """Each in a transaction of its own, so that one refusal does not stop the rest."""
    verb, round_id = _verb(request.form.get("verb", "")), _id(request.form.get("round", ""))
    form, ids = FORMS[verb](), _picked(request.form)
    if not form.validate() or not ids or round_id is None:
        if not ids:
            form.form_errors.append("Select at least one deal.")
        return _page(person, verb, form, _found(person), round_id or new_id()), 422
    session.rollback()  # lets go of the database: each decision is a transaction of its own
    if _begin(round_id, verb, person):
        _decide_each(round_id, verb, form, ids, person)
    return redirect(url_for("deals.round", round_id=round_id), 303)


@pages.get("/together/<uuid:round_id>")
@allow(Can.APPROVE_DEAL)
def round(person: Actor, round_id: UUID) -> str:
    """What came of it: decided, and left out with why."""
    held = together.round_of(session, round_id) or abort(404)
    done = deals.decided_together(session, held.id)
    left_out = [(UUID(deal_id), why) for deal_id, why in held.left_out]
    names = together.names_of(session, [*done, *(deal_id for deal_id, _ in left_out)])
    return render_template(
        "deals/round.html",
        round=held,
        did=DONE[held.verb],
        done=[names[deal_id] for deal_id in done if deal_id in names],
        left_out=[(names[deal_id], why) for deal_id, why in left_out if deal_id in names],
        can_undo=held.by_id == person.id and bool(done),
    )


@pages.post("/together/<uuid:round_id>/undo")
@allow(Can.APPROVE_DEAL)
def undo_together(person: Actor, round_id: UUID) -> Response:
    ids = deals.decided_together(session, round_id)
    session.rollback()
    refused = _each(ids, lambda own, deal: deals.undo(own, deal, by=person, now=now()))
    flash(f"{len(ids) - len(refused)} taken back. Nobody was told of them.")
    for why in dict.fromkeys(why for _, why in refused):
        flash(why, "refused")
    return redirect(url_for("deals.queue"), 303)


def _begin(round_id: UUID, verb: str, person: Actor) -> bool:
    try:
        with transaction() as own:
            return together.begin(own, round_id, verb, by=person, now=now())
    except IntegrityError:  # sent twice at the same moment
        return False


def _decide_each(round_id: UUID, verb: str, form: Any, ids: list[UUID], person: Actor) -> None:
    seen_at = _seen_at()
    decide = _decision(verb, form, person, round_id)

    def look_and_decide(own: Session, deal: Deal) -> None:
        if seen_at is not None and deal.updated_at > seen_at:
            together.refuse_changed(own, deal, now=now())
        decide(own, deal)

    refused = _each(ids, look_and_decide)
    with transaction() as own:
        together.finish(own, round_id, refused, by=person, now=now())
    text = f"{len(ids) - len(refused)} {DONE[verb]}."
    if refused:
        text += f" {len(refused)} left out, each with why below."
    if len(ids) > len(refused):
        undo = url_for("deals.undo_together", round_id=round_id)
        toast: Any = {"text": text, "undo": undo}
        flash(toast)
    else:
        flash(text, "refused")


def _each(ids: Any, work: Callable[[Session, Deal], None]) -> list[tuple[UUID, str]]:
    """Do it to each deal in its own transaction; (id, why) of those it was refused for."""
    refused = []
    for deal_id in ids:
        try:
            with transaction() as own:
                deal = own.get(Deal, deal_id)
                if deal is not None:
                    work(own, deal)
        except Refused as refusal:
            refused.append((deal_id, str(refusal)))
        except (IntegrityError, OperationalError):
            refused.append((deal_id, "Somebody else was busy with it; look at it again."))
    return refused


def _decision(
    verb: str, form: Any, person: Actor, round_id: UUID
) -> Callable[[Session, Deal], None]:
    said: dict[str, Any] = {"by": person, "together": round_id}
    if verb == "reject":
        said |= {"code": RejectReason(form.code.data), "text": form.text.data}
    if verb == "ask":
        said |= {"text": form.text.data}
        said["questions"] = [Question(value) for value in form.fields_asked.data]
    operation = {"approve": deals.approve, "reject": deals.reject, "ask": deals.ask}[verb]
    return lambda own, deal: operation(own, deal, now=now(), **said)


def _found(person: Actor) -> Sorted:
    """What was picked, or all that fits the queue's filters."""
    whole = request.values.get("all") == "yes"
    ids = None if whole else tuple(_picked(request.values))
    wanted = queue_filter(request.values, person) if whole else deals.DealFilter()
    return deals.sorted_out(session, wanted, ids, by=person, now=now())


def _page(person: Actor, verb: str, form: Any, found: Sorted, round_id: UUID) -> str:
    return render_template(
        "deals/together.html",
        verb=verb,
        form=form,
        found=found,
        round_id=round_id,
        most=deals.MOST_TOGETHER,
        is_whole=request.values.get("all") == "yes",
        seen_at=request.form.get("seen_at") or now().isoformat(),
        back=queue_address(request.args.items(multi=True)),
        kept=kept(),
    )


def _verb(text: str) -> str:
    return text if text in FORMS else abort(404)


def _picked(values: Any) -> list[UUID]:
    """What cannot be read is nobody's deal."""
    ids = [_id(text) for text in values.getlist("pick")]
    return list(dict.fromkeys(found for found in ids if found))[: deals.MOST_TOGETHER]


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _seen_at() -> datetime | None:
    """When the page that was sent was drawn; None when it does not say."""
    try:
        seen_at = datetime.fromisoformat(request.form.get("seen_at", ""))
    except ValueError:
        return None
    return seen_at if seen_at.tzinfo else None
