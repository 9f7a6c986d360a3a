"""Rivals at once: processes that register and approve the same customers, round after round."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from models import deals
from models import engine as engines
from models.deals import Deal, DealEvent, DealStatus, Registration
from models.deals.conflicts import Conflict, Decision, Outcome, Rule, case_of_deal, sides_of
from models.deals.conflicts.operations import decide
from models.errors import Refused
from models.people import Actor
from models.scope import Scope, open_session
from tests.processes import at_once

KIND = ("decided this case already",)
"""What the later ones may be told: each says why, none is an error."""

HEARD = timedelta(days=7)
"""Later, so that every party has had its time."""

PATIENCE_SECONDS = 600


@dataclass(frozen=True)
class Contender:
    """One process: a partner's seller who registers, and a manager who is for that partner."""

    url: str
    seller: Actor
    manager: Actor
    registrations: list[Registration]
    """One a round; all contenders name the same customer in the same round."""
    now: datetime


@dataclass
class Told:
    """What came of all rounds."""

    approved: Counter = field(default_factory=Counter)
    """Approvals by round."""
    refused: list[str] = field(default_factory=list)
    tried_again: int = 0


def compete(contender: Contender, gate: Any, answers: Any) -> None:
    """Register at the gate with everybody else, then decide at the gate, each round.

    Rivals meet in a conflict case; each manager decides it for their own partner and approves.
    """
    engine = engines.connect(contender.url)
    for at, registration in enumerate(contender.registrations):
        now = contender.now + timedelta(minutes=at)
        gate.wait(PATIENCE_SECONDS)
        deal_id, again = insist(engine, _register, contender, registration, now)
        gate.wait(PATIENCE_SECONDS)
        said, more = insist(engine, _approve, contender, deal_id, now + HEARD)
        answers.put((at, said, again + more))
    engine.dispose()


def insist(engine: Any, act: Any, *said: Any) -> tuple[Any, int]:
    """As a person does whom the portal tells that the database is busy: press again."""
    for again in range(50):
        try:
            return act(engine, *said), again
        except OperationalError:
            continue
    raise AssertionError("the database never answered")


def _register(engine: Any, contender: Contender, registration: Registration, now: datetime) -> UUID:
    seller = contender.seller
    scope = Scope.partner(seller.partner_id)
    with open_session(engines.for_writing(engine), scope) as session:
        deal = deals.draft(session, registration, partner_id=seller.partner_id, by=seller, now=now)
        deals.submit(session, deal, by=seller, now=now)
        session.commit()
        return deal.id


def _approve(engine: Any, contender: Contender, deal_id: UUID, now: datetime) -> str:
    with open_session(engines.for_writing(engine), Scope.vendor()) as session:
        try:
            deal = session.get_one(Deal, deal_id)
            case = session.get_one(Conflict, case_of_deal(session, deal_id).id)
            decide(session, case, _for(session, case, deal_id), by=contender.manager, now=now)
            deals.approve(session, deal, by=contender.manager, now=now)
            session.commit()
        except Refused as refusal:
            session.rollback()
            return str(refusal)
        return "approved"


def _for(session: Any, case: Conflict, deal_id: UUID) -> Decision:
    """In favour of one deal, by who was first; the texts name nobody."""
    sides = sides_of(session, case.id)
    own = next(side.id for side in sides if side.deal_id == deal_id)
    texts = {side.id: "The first complete registration." for side in sides}
    return Decision(outcome=Outcome.PARTNER, favoured=own, rule=Rule.FIRST_COMPLETE, texts=texts)


def rush(contenders: list[Contender]) -> Told:
    """Let them all loose, and collect what each was told."""
    rounds = len(contenders[0].registrations)
    told = Told()
    everybody = [(contender,) for contender in contenders]
    for at, said, again in at_once(compete, everybody, times=rounds, patience=PATIENCE_SECONDS):
        told.tried_again += again
        if said == "approved":
            told.approved[at] += 1
        else:
            told.refused.append(said)
    return told


def contenders_for(a: Any, url: str, *, many: int, rounds: int) -> list[Contender]:
    """`many` partners with a seller each, who all want the same customers."""
    a.programme().minimum_deal_minor = 0
    a.sold("Bikes")
    wanted = [a.registration(customer_name=f"{name} Shipping") for name in _names(rounds)]
    found = []
    for _ in range(many):
        seller = a.seller(a.partner()).actor()
        manager = a.manager().actor()
        found.append(Contender(url, seller, manager, wanted, a.now))
    a.session.commit()
    return found


def _names(rounds: int) -> list[str]:
    """Words that nobody takes for one another."""
    letters = str.maketrans("0123456789abcdef", "bcdfghklmnprstvw")
    digests = (sha256(str(at).encode()).hexdigest().translate(letters) for at in range(rounds))
    return [f"{digest[:12]} {digest[12:24]}" for digest in digests]


def check(session: Any, told: Told, *, many: int, rounds: int) -> None:
    """Exactly one approval each time, the others told kindly, nothing lost."""
    assert told.approved == Counter(dict.fromkeys(range(rounds), 1))
    assert len(told.refused) == rounds * (many - 1)
    unkind = [said for said in told.refused if not any(words in said for words in KIND)]
    assert unkind == []
    kept = dict(
        session.execute(select(Deal.status, func.count(Deal.id)).group_by(Deal.status)).all()
    )
    assert kept == {
        DealStatus.APPROVED: rounds,
        DealStatus.REJECTED: rounds * (many - 1),
    }
    verbs = dict(
        session.execute(
            select(DealEvent.verb, func.count(DealEvent.id))
            .where(DealEvent.verb.in_(("draft", "submit", "approve")))
            .group_by(DealEvent.verb)
        ).all()
    )
    assert verbs == {"draft": rounds * many, "submit": rounds * many, "approve": rounds}
