"""Managers who approve overlapping exclusive claims at once: never two of them."""

import time
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from models import claims
from models import engine as engines
from models.claims import ClaimStatus, TerritoryClaim
from models.errors import Refused
from models.people import Actor
from models.scope import Scope, open_session
from tests.processes import at_once

MANY = 8
PATIENCE_SECONDS = 300
PLACES = [
    ("subdivision", "US-WA"), ("postal", "98*", "US"), ("postal", "98101", "US"),
    ("postal", "980-983", "US"), ("country", "US"), ("postal", "981*", "US"),
    ("subdivision", "US-WA"), ("country", "US"),
]  # fmt: skip
"""Each meets each other in Seattle."""
UNTOLD = [
    ("subdivision", "DE-BY"), ("postal", "80*", "DE"), ("postal", "80331", "DE"),
    ("subdivision", "DE-BY"), ("postal", "80-81", "DE"), ("subdivision", "DE-BY"),
    ("postal", "803*", "DE"), ("country", "DE"),
]  # fmt: skip
"""Nobody knows which postal codes lie in Bavaria, so a state and a code meet as well."""


def confirm(url: str, ids: list[UUID], by: Actor, now: datetime, gate: Any, answers: Any) -> None:
    engine = engines.connect(url)
    for at, claim_id in enumerate(ids):
        gate.wait(PATIENCE_SECONDS)
        began = time.monotonic()
        said = _insist(engine, claim_id, by, now)
        answers.put((at, said, time.monotonic() - began))
    engine.dispose()


def _insist(engine: Any, claim_id: UUID, by: Actor, now: datetime) -> str:
    """As a person does whom the portal tells that the database is busy: press again."""
    for _ in range(50):
        try:
            with open_session(engines.for_writing(engine), Scope.vendor()) as session:
                claims.approve(session, session.get_one(TerritoryClaim, claim_id), by=by, now=now)
                session.commit()
                return "approved"
        except Refused as refusal:
            return str(refusal)
        except OperationalError:
            continue
    raise AssertionError("the database never answered")


def test_eight_managers_approve_overlapping_exclusive_claims_and_one_wins(
    session, a, database_url, now
):
    """60 rounds: pytest tests/drills --drills -k row_25."""
    compete(session, a, database_url, now, [PLACES, UNTOLD, UNTOLD])


def compete(session, a, url, now, rounds) -> list[float]:
    """Eight claims a round, for products of its own, confirmed at once; how long each took."""
    claimed = [
        [a.claimed(place, products=(f"family-{at}",)) for place in places]
        for at, places in enumerate(rounds)
    ]
    first = a.second()
    for claim in (claim for each in claimed for claim in each):
        claims.approve(session, claim, by=first, now=now)
    managers = [a.second() for _ in range(MANY)]
    session.commit()
    each = [(url, [those[at].id for those in claimed], by, now) for at, by in enumerate(managers)]
    said = at_once(confirm, each, times=len(rounds), patience=PATIENCE_SECONDS)
    for at in range(len(rounds)):
        told = [words for number, words, _ in said if number == at]
        assert told.count("approved") == 1
        kind = ("is held by", "was approved a moment ago", "cannot be told apart")
        assert all(words == "approved" or any(each in words for each in kind) for words in told)
    session.expire_all()
    active = select(TerritoryClaim.id).where(TerritoryClaim.status == ClaimStatus.ACTIVE)
    assert len(session.scalars(active).all()) == len(rounds)
    return [seconds for _, _, seconds in said]
