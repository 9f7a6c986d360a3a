"""The ground of every factory: a session, a now, a running number."""

from datetime import datetime
from itertools import count
from typing import TypeVar

from sqlalchemy.orm import Session

Thing = TypeVar("Thing")


class BaseFactories:
    def __init__(self, session: Session, now: datetime) -> None:
        self.session = session
        self.now = now
        self.numbers = count(1)

    @property
    def number(self) -> int:
        """Another one each time it is read."""
        return next(self.numbers)

    def keep(self, thing: Thing) -> Thing:
        self.session.add(thing)
        self.session.flush()
        return thing
