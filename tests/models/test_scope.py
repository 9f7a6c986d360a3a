"""The wall between partners: every road to another's row, and where it ends."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, event, func, insert, select, text, update
from sqlalchemy.orm import aliased

from models import jobs
from models.base import Base, new_id
from models.engine import for_writing
from models.jobs import Job
from models.notices import Notice, tell
from models.partners import Partner, PartnerParent
from models.partners.destinations import PayoutDestination
from models.people import Person
from models.scope import WALLS, OutOfScope, Scope, open_session, vendor_side


@pytest.fixture
def ours(session, a, now):
    """One reseller of each of two distributors; what is returned is the ids."""
    ids = {}
    for name in ("mine", "theirs"):
        reseller, distributor = a.partner(name=name), a.partner(name=f"{name} distributor")
        session.add(
            PartnerParent(partner_id=reseller.id, distributor_id=distributor.id, from_on=now.date())
        )
        person = a.person(partner=reseller)
        tell(
            session, person.id, "news", title="N", body="B", link="/", now=now,
            partner_id=reseller.id,
        )  # fmt: skip
        ids[name] = reseller.id
    session.commit()
    return ids


@pytest.fixture
def mine(engine, ours):
    with open_session(for_writing(engine), Scope.partner(ours["mine"])) as own:
        yield own


def test_a_session_without_a_scope_cannot_be_opened(engine):
    with pytest.raises(OutOfScope):
        open_session(engine, None)
    with pytest.raises(OutOfScope):
        Scope.partner(None)


def test_a_partner_reads_only_its_own_rows(mine, ours):
    again = aliased(PartnerParent)
    assert mine.scalars(select(PartnerParent.partner_id)).all() == [ours["mine"]]
    assert mine.scalars(select(again.partner_id)).all() == [ours["mine"]]
    assert mine.scalar(select(func.count()).select_from(PartnerParent)) == 1
    assert mine.scalars(select(Partner.id)).all() == [ours["mine"]]
    assert mine.scalars(select(Notice.partner_id)).all() == [ours["mine"]]


def test_an_alias_in_a_join_does_not_reach_over_the_wall(engine, session, ours):
    """Twice, with two partners: the second must not be answered from the first's statement."""
    above = aliased(Partner)
    joined = (
        select(Partner.name, above.name)
        .outerjoin(PartnerParent, PartnerParent.partner_id == Partner.id)
        .outerjoin(above, above.id == PartnerParent.distributor_id)
    )
    session.commit()
    for name in ("mine", "theirs"):
        with open_session(engine, Scope.partner(ours[name])) as own:
            assert own.execute(joined).all() == [(name, None)]


def test_one_statement_is_compiled_once_and_asked_by_each_for_its_own(engine, session, ours):
    session.commit()
    wide = Scope.partner(ours["mine"], reads=frozenset(ours.values()))
    again, compiled = aliased(PartnerParent), []
    event.listen(engine, "before_cursor_execute", lambda *words: compiled.append(words[4].compiled))
    mine = again.partner_id == Partner.id
    for scope in (Scope.partner(ours["mine"]), Scope.partner(ours["theirs"]), wide):
        with open_session(engine, scope) as own:
            asked = own.execute(select(Partner.id, again.partner_id).join(again, mine))
            assert {row.id for row in asked} == set(scope.reads)
    asked = [one for one in compiled if one is not None and "partner_parent" in str(one)]
    assert asked[0] is asked[1] is asked[2]


def test_a_foreign_row_is_missing_by_its_key_too(mine, ours, session):
    foreign = session.scalar(
        select(PartnerParent.id).where(PartnerParent.partner_id == ours["theirs"])
    )
    session.commit()
    assert mine.get(PartnerParent, foreign) is None
    assert mine.get(Partner, ours["theirs"]) is None


def test_a_sub_select_does_not_reach_over_the_wall(mine, ours):
    foreign = select(PartnerParent.id).where(PartnerParent.partner_id == ours["theirs"])
    assert mine.scalars(select(Partner.id).where(foreign.exists())).all() == []
    joined = select(PartnerParent.id).join(Person, Person.partner_id == ours["theirs"])
    assert mine.scalars(joined).all() == []


def test_staff_are_known_by_name_and_rivals_are_not(mine, a, session):
    manager = a.manager()
    session.commit()
    names = set(mine.scalars(select(Person.id).where(Person.partner_id.is_(None))))
    assert names == {manager.id}
    assert mine.scalar(select(func.count(Person.id))) == 2


def test_update_and_delete_stay_inside(mine, ours, session):
    assert mine.execute(update(PartnerParent).values(to_on=None)).rowcount == 1
    assert mine.execute(delete(PartnerParent)).rowcount == 1
    mine.commit()
    assert session.scalars(select(PartnerParent.partner_id)).all() == [ours["theirs"]]


@pytest.mark.parametrize(
    "statement",
    [
        lambda: text("SELECT * FROM partner_parent"),
        lambda: PartnerParent.__table__.select(),
        lambda: insert(PartnerParent),
        lambda: update(PartnerParent).values(partner_id=new_id()),
    ],
    ids=["text", "core", "insert", "owner"],
)
def test_ways_around_the_models_are_refused(mine, statement):
    with pytest.raises(OutOfScope):
        mine.execute(statement())


def test_a_new_row_becomes_the_partners_own(mine, ours, now):
    row = PartnerParent(distributor_id=new_id(), from_on=now.date() + timedelta(days=1))
    mine.add(row)
    with pytest.raises(Exception, match=r"FOREIGN KEY|foreign key|UNIQUE|unique"):
        mine.flush()
    assert row.partner_id == ours["mine"]


def test_a_row_for_another_partner_is_refused(mine, ours, now):
    mine.add(
        PartnerParent(partner_id=ours["theirs"], distributor_id=ours["mine"], from_on=now.date())
    )
    with pytest.raises(OutOfScope, match="another partner"):
        mine.flush()


def test_a_row_cannot_change_its_owner(mine, ours):
    row = mine.scalars(select(PartnerParent)).one()
    row.partner_id = ours["theirs"]
    with pytest.raises(OutOfScope):
        mine.flush()


def test_a_partner_may_leave_work_for_the_vendor_and_never_read_it(mine, session, now):
    jobs.enqueue(mine, "topic", "key", {}, run_at=now)
    mine.commit()
    assert mine.scalars(select(Job.id)).all() == []
    mine.rollback()
    assert session.scalar(select(func.count(Job.id))) == 1


def test_a_distributor_reads_its_resellers_and_writes_only_its_own(engine, ours):
    scope = Scope.partner(ours["mine"], reads=frozenset({ours["theirs"]}))
    with open_session(for_writing(engine), scope) as wide:
        rows = wide.scalars(select(PartnerParent)).all()
        assert {row.partner_id for row in rows} == {ours["mine"], ours["theirs"]}
        next(row for row in rows if row.partner_id == ours["theirs"]).to_on = None
        next(row for row in rows if row.partner_id == ours["theirs"]).from_on -= timedelta(1)
        with pytest.raises(OutOfScope):
            wide.flush()


def test_a_distributor_does_not_see_where_its_resellers_are_paid(engine, ours, a, session):
    for partner_id in ours.values():
        a.destination_by_hand(session.get_one(Partner, partner_id))
    session.commit()
    scope = Scope.partner(ours["mine"], reads=frozenset({ours["theirs"]}))
    with open_session(engine, scope) as wide:
        assert wide.scalars(select(PayoutDestination.partner_id)).all() == [ours["mine"]]


def test_the_vendors_side_sees_all_and_lives_in_the_same_transaction(mine, ours, session):
    with vendor_side(mine) as vendor:
        assert vendor.scalar(select(func.count(PartnerParent.id))) == 2
        vendor.execute(update(Partner).values(town="Everywhere"))
    mine.rollback()
    assert session.scalars(select(Partner.town).distinct()).all() == [""]


def test_what_the_vendors_side_wrote_is_kept_with_the_rest(mine, session):
    with vendor_side(mine) as vendor:
        vendor.execute(update(Partner).values(town="Everywhere"))
    mine.commit()
    assert session.scalars(select(Partner.town).distinct()).all() == ["Everywhere"]


def test_every_table_says_how_it_stands_to_the_wall():
    for mapper in Base.registry.mappers:
        walls = [wall for wall in WALLS if issubclass(mapper.class_, wall)]
        assert len(walls) == 1, f"{mapper.class_.__name__} takes exactly one of {WALLS}"
