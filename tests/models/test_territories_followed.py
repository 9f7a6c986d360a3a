"""The territories in memory follow each change, without anybody reading all of them again."""

import random
from datetime import date

from models import engine as engines
from models import territories
from models.customers import merge
from models.scope import Scope, open_session
from models.territories import Area, Facts, Index, TerritoryDetails, TerritoryStatus, drawings
from models.territories.current import as_rules, map_of

TODAY = date(2026, 11, 18)
PLACES = (
    ("country", "DE"), ("country", "US"), ("subdivision", "DE-BY"), ("region", "DACH"),
    ("global",), ("postal", "80331", "DE"), ("postal", "80*", "DE"), ("postal", "80-82", "DE"),
    ("postal", "79000-80999", "DE"), ("account", "acme.de"), ("account", "bolt.de"),
)  # fmt: skip
ASKED = [
    Facts(on=TODAY, country=country, subdivision=state, postal=postal, domain=domain)
    for country, state in (("DE", "DE-BY"), ("DE", None), ("US", None))
    for postal in ("80331", "81000", "79500", None)
    for domain in ("acme.de", "bolt.de", None)
]


class Changes:
    """Anything that can happen to territories, drawn from one seed."""

    def __init__(self, session, a, now, seed: int) -> None:
        self.session, self.a, self.now, self.rng = session, a, now, random.Random(seed)
        self.by, self.drawn = a.manager().actor(), []
        self.accounts = [a.customer("Acme", domain="acme.de"), a.customer("Bolt", domain="bolt.de")]

    def details(self) -> TerritoryDetails:
        places = self.rng.sample(PLACES, self.rng.randrange(1, 4))
        return TerritoryDetails(
            name=f"T{self.rng.randrange(1000)}",
            areas=[Area.read(*place) for place in places],
            excluded=[Area.read("postal", "81*", "DE")] if self.rng.random() < 0.2 else [],
            priority=self.rng.randrange(3),
            products=self.rng.choice(([], ["bikes"])),
        )

    def one(self) -> None:
        self.rng.choice(
            (self.draw, self.redraw, self.end, self.delete, self.publish, self.absent)
        )()

    def draw(self) -> None:
        self.drawn.append(territories.draw(self.session, self.details(), by=self.by, now=self.now))

    def redraw(self) -> None:
        if self.drawn:
            told = (self.session, self.rng.choice(self.drawn), self.details())
            territories.redraw(*told, by=self.by, now=self.now)

    def end(self) -> None:
        if self.drawn:
            self.rng.choice(self.drawn).status = TerritoryStatus.ENDED

    def delete(self) -> None:
        if self.drawn:
            gone = self.drawn.pop(self.rng.randrange(len(self.drawn)))
            gone.external_id = None
            self.session.flush()
            self.session.delete(gone)

    def publish(self) -> None:
        drawing = drawings.begin(self.session, "Next", by=self.by, now=self.now)
        before = self.rng.choice([None, *self.drawn])
        told = {"instead_of": before, "now": self.now}
        new = drawings.put(self.session, drawing, self.details(), **told)
        territories.publish(self.session, drawing, on=TODAY, today=TODAY, by=self.by, now=self.now)
        self.drawn.append(new)

    def absent(self) -> None:
        away, other = self.a.manager(), self.a.manager()
        told = {"person_id": away.id, "delegate_id": other.id, "by": self.by, "now": self.now}
        territories.note_absence(self.session, from_on=TODAY, through=TODAY, **told)

    def merge(self) -> None:
        survivor, merged = self.accounts
        told = {"reason": "the same company", "by": self.by, "now": self.now}
        merge(self.session, survivor, merged, **told)


def answers(index: Index, more: list[Facts]):
    found = [index.resolve(facts) for facts in (*ASKED, *more)]
    return [
        (each.action, [match.rule for match in each.matches], [match.rule for match in each.tied])
        for each in found
    ]


def test_followed_through_any_changes_they_answer_as_if_read_anew(session, a, now):
    for seed in range(6):
        changes = Changes(session, a, now, seed)
        more = [Facts(on=TODAY, country="DE", account=str(each.id)) for each in changes.accounts]
        untouched = a.territory(("country", "FR"))
        session.commit()
        first = map_of(session).index.rules[untouched.id]
        for step in range(12):
            changes.one() if step != 8 else changes.merge()
            if step % 4 == 2:
                map_of(session)  # asked about what is then taken back, or kept
                changes.drawn = []
                session.rollback()
            elif step % 2:
                session.commit()
            now_known = map_of(session).index
            read_anew = Index(as_rules(session))
            assert now_known.rules == read_anew.rules, f"seed {seed}, step {step}"
            assert answers(now_known, more) == answers(read_anew, more)
            assert now_known.rules[untouched.id] is first, "not read again"


def test_who_changes_territories_does_not_disturb_those_who_ask(session, database_url, a):
    territory = a.territory(("country", "DE"), name="Germany")
    session.commit()
    elsewhere = engines.connect(database_url)
    with open_session(elsewhere, Scope.vendor()) as reader:
        known = map_of(reader)
        reader.rollback()
        for name in ("Once", "Twice"):
            territory.name = name
            assert map_of(session).index.rules[territory.id].name == name
            session.rollback()
        assert map_of(reader) is known
        reader.rollback()
        territory.name = "Kept"
        session.commit()
        assert map_of(reader).index.rules[territory.id].name == "Kept"
    assert known.index.rules[territory.id].name == "Germany"
    elsewhere.dispose()


def test_more_changes_than_are_worth_following_are_read_anew(session, a, monkeypatch):
    monkeypatch.setattr("models.territories.current.WORTH_FOLLOWING", 1)
    still = a.territory(("country", "FR"))
    map_of(session)
    session.commit()
    first = map_of(session).index.rules[still.id]
    two = [a.territory(("country", "DE")), a.territory(("country", "AT"))]
    session.commit()
    rules = map_of(session).index.rules
    assert set(rules) == {still.id, *(each.id for each in two)}
    assert rules[still.id] == first and rules[still.id] is not first


def test_what_a_savepoint_took_back_is_not_followed(session, a):
    one, other = a.territory(("country", "DE"), name="One"), a.territory(("country", "FR"))
    session.commit()
    map_of(session)
    with session.begin_nested() as savepoint:
        one.name = "Renamed"
        assert map_of(session).index.rules[one.id].name == "Renamed"
        savepoint.rollback()
    other.name = "Another"
    rules = map_of(session).index.rules
    assert (rules[one.id].name, rules[other.id].name) == ("One", "Another")


def test_the_one_before_is_followed_when_its_successor_comes_or_goes(session, a):
    old = a.territory(("country", "DE"), status="ended")
    session.commit()
    assert map_of(session).index.rules[old.id].succeeded_by is None
    new = a.territory(("country", "DE"), succeeds_id=old.id)
    assert map_of(session).index.rules[old.id].succeeded_by == new.id
    session.commit()
    map_of(session)
    session.delete(new)
    assert map_of(session).index.rules[old.id].succeeded_by is None
