"""Sending by Stripe: claim (commit), call without a transaction, settle (commit).

Each step may be the last before a crash; whoever comes next begins with what is committed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from models.payouts import transfers
from models.payouts.tables import PayoutRun
from models.payouts.transfers import Answer, Claimed, Declined, Later, Unsure
from models.payouts.transfers.queries import next_call_at
from models.payouts.transfers.rules import CALL_TAKES, NO_FUNDS, looked_up
from portal.database import reading, transaction
from portal.payouts.stripe_gateway import StripeGateway, StripeIsAway

BATCH = 25
"""Claimed in one transaction: few enough that a crash leaves few to be asked again."""
AWAY = timedelta(minutes=1)
BUDGET = timedelta(seconds=60)
"""Then the worker turns to mails and other jobs, and comes back."""


@dataclass(frozen=True)
class Sender:
    gateway: StripeGateway
    environment: str
    now: Callable[[], datetime]
    batch: int = BATCH

    def send_run(self, run_id: UUID) -> datetime | None:
        """Send what can be sent of a run; when to come again, None when all is settled."""
        begun = self.now()
        try:
            self._adopt(run_id)
            while self.now() < begun + BUDGET:
                claimed = self._claim(run_id)
                if not claimed:
                    break
                if not self._call_all(claimed):
                    break
        except StripeIsAway as away:
            if away.needs_a_person:
                with transaction() as session:
                    transfers.tell_key_refused(session, run_id, str(away), now=self.now())
            return self.now() + AWAY
        return self._rest(run_id)

    def look(self, run_id: UUID) -> datetime | None:
        """Take over what Stripe has of a run, and send nothing; when to come again."""
        try:
            self._adopt(run_id)
        except StripeIsAway:
            return self.now() + AWAY
        with transaction() as session:
            session.get_one(PayoutRun, run_id).looked_at = self.now()
        return None

    def _adopt(self, run_id: UUID) -> None:
        with reading() as session:
            group = transfers.group_of(session.get_one(PayoutRun, run_id), self.environment)
        for page in self.gateway.found(group):
            with transaction() as session:
                transfers.adopt(session, run_id, page, environment=self.environment, now=self.now())

    def _claim(self, run_id: UUID) -> list[Claimed]:
        with transaction() as session:
            return transfers.claim(
                session, run_id, environment=self.environment, most=self.batch, now=self.now()
            )

    def _call_all(self, claimed: list[Claimed]) -> bool:
        """False when it is of no use to go on now; what was not called is let go."""
        for done, one in enumerate(claimed):
            if self.now() + CALL_TAKES > one.lease_until:
                self._let_go(claimed[done:])
                return True
            answer = self._answer(one)
            with transaction() as session:
                transfers.settle(session, one.attempt_id, answer, now=self.now())
            if isinstance(answer, Later) or _is_short(answer):
                self._let_go(claimed[done + 1 :])
                return False
        return True

    def _answer(self, one: Claimed) -> Answer:
        if one.must_look:
            return self._look(one)
        answer = self.gateway.transfer(one.params, one.key)
        if isinstance(answer, Unsure) and one.tries:
            # A kept error is replayed until its key lapses, although the money may have gone.
            found = self._look(one)
            return found if not isinstance(found, transfers.Absent) else answer
        return answer

    def _look(self, one: Claimed) -> Answer:
        try:
            pages = self.gateway.found(one.params["transfer_group"], one.params["destination"])
            return looked_up([transfer for page in pages for transfer in page], one.params)
        except StripeIsAway as away:
            return Unsure(str(away))

    def _let_go(self, rest: list[Claimed]) -> None:
        with transaction() as session:
            transfers.let_go(session, [one.attempt_id for one in rest])

    def _rest(self, run_id: UUID) -> datetime | None:
        with transaction() as session:
            again_at = next_call_at(session, run_id, now=self.now())
            if again_at is None:
                transfers.finish(session, run_id, now=self.now())
            return again_at


def _is_short(answer: Answer) -> bool:
    return isinstance(answer, Declined) and answer.code == NO_FUNDS
