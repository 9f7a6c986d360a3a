"""Roads that only read."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    and_,
    any_,
    case,
    column,
    exists,
    func,
    lambda_stmt,
    lateral,
    literal,
    literal_column,
    not_,
    or_,
    select,
    table,
    text,
    true,
    union,
    union_all,
)
from sqlalchemy.orm import (
    Bundle,
    aliased,
    load_only,
    undefer,
    with_loader_criteria,
)

from models.audit import AuditEntry
from models.customers import Customer, CustomerLink
from models.deals import Deal, DealEvent, DealNote
from models.notices import Notice
from models.partners import Partner
from models.people import Person
from models.scope import Owned, vendor_side

OTHER = aliased(Deal)
DEALS = Deal.__table__

READS: dict[str, Callable[[Any, Any], Any]] = {
    # rows and columns
    "entities": lambda s, _: s.scalars(select(Deal)).all(),
    "one column": lambda s, _: s.scalars(select(Deal.number)).all(),
    "several columns": lambda s, _: s.execute(select(Deal.number, Deal.partner_id)).all(),
    "the owner's column": lambda s, _: s.scalars(select(Deal.partner_id)).all(),
    "by the foreign key": lambda s, t: s.scalars(select(Deal).where(Deal.id == t.deal)).all(),
    "by the foreign owner": lambda s, t: s.scalars(
        select(Deal).where(Deal.partner_id == t.partner)
    ).all(),
    "by either owner": lambda s, t: s.scalars(
        select(Deal.number).where(or_(Deal.partner_id == t.partner, true()))
    ).all(),
    "not one's own": lambda s, t: s.scalars(
        select(Deal.number).where(not_(Deal.partner_id == s.scope.owner))
    ).all(),
    "stream": lambda s, _: list(s.scalars(select(Deal).execution_options(yield_per=1))),
    "fresh from the database": lambda s, _: s.scalars(
        select(Deal).execution_options(populate_existing=True)
    ).all(),
    "some columns of entities": lambda s, _: s.scalars(
        select(Deal).options(load_only(Deal.number))
    ).all(),
    "undeferred": lambda s, _: s.scalars(select(Deal).options(undefer("*"))).all(),
    "bundle": lambda s, _: s.execute(select(Bundle("b", Deal.number, Deal.id))).all(),
    "locked": lambda s, _: s.scalars(select(Deal).with_for_update()).all(),
    "sorted by a foreign column": lambda s, _: s.scalars(
        select(Deal.number).order_by(text("deal.partner_id"))
    ).all(),
    "label": lambda s, _: s.execute(select(Deal.number.label("partner"))).all(),
    "distinct": lambda s, _: s.scalars(select(Deal.number).distinct()).all(),
    "limit and offset": lambda s, _: s.scalars(select(Deal.number).limit(5).offset(1)).all(),
    "legacy query": lambda s, _: s.query(Deal).all(),
    "legacy query of a column": lambda s, _: s.query(Deal.number).all(),
    "legacy filter": lambda s, t: s.query(Deal).filter_by(id=t.deal).all(),
    # by key, by identity
    "get": lambda s, t: s.get(Deal, t.deal),
    "get, locked": lambda s, t: s.get(Deal, t.deal, with_for_update=True),
    "get, refreshed": lambda s, t: s.get(Deal, t.deal, populate_existing=True),
    "get one": lambda s, t: s.get_one(Deal, t.deal),
    "legacy get": lambda s, t: s.query(Deal).get(t.deal),
    "the identity map": lambda s, t: list(s.identity_map.values()),
    # aliases and joins
    "alias": lambda s, _: s.scalars(select(OTHER)).all(),
    "alias, one column": lambda s, _: s.scalars(select(OTHER.number)).all(),
    "alias, all columns": lambda s, _: s.execute(select(*aliased(Deal).__table__.c)).all(),
    "flat alias": lambda s, _: s.scalars(select(aliased(Deal, flat=True))).all(),
    "named alias": lambda s, _: s.scalars(select(aliased(Deal, name="partner"))).all(),
    "self join": lambda s, _: s.execute(
        select(Deal.number, OTHER.number).join(OTHER, true())
    ).all(),
    "outer join": lambda s, _: s.execute(
        select(Partner.name, OTHER.number).outerjoin(OTHER, true())
    ).all(),
    "full join": lambda s, _: s.execute(
        select(Partner.name, Deal.number).join(Deal, true(), full=True)
    ).all(),
    "comma join": lambda s, _: s.execute(select(Partner.name, Deal.number)).all(),
    "join by the child": lambda s, _: s.execute(
        select(DealEvent.id, Deal.number).join(Deal, Deal.id != DealEvent.deal_id)
    ).all(),
    "join from a public table": lambda s, t: s.execute(
        select(Person.name, Deal.number).join(Deal, Deal.id == t.deal)
    ).all(),
    "rival company": lambda s, t: s.scalars(select(Partner.name)).all(),
    "rival's people": lambda s, t: s.scalars(select(Person.email)).all(),
    "rival's customers": lambda s, t: s.scalars(select(Customer.name)).all(),
    "rival's customers by alias": lambda s, t: s.scalars(select(aliased(Customer).name)).all(),
    "rival's links": lambda s, t: s.scalars(select(CustomerLink.customer_id)).all(),
    "rival's notices": lambda s, t: s.scalars(select(Notice.title)).all(),
    "what is only the vendor's": lambda s, t: s.scalars(select(DealNote.note)).all(),
    "the audit": lambda s, t: s.scalars(select(AuditEntry.actor_name)).all(),
    # selects inside selects
    "sub-select": lambda s, _: s.scalars(select(select(Deal.number).subquery().c.number)).all(),
    "sub-select in a partner's": lambda s, _: s.execute(
        select(Partner.name, select(Deal.number).limit(1).scalar_subquery())
    ).all(),
    "scalar sub-select": lambda s, t: s.execute(
        select(Partner.id, select(Deal.number).where(Deal.id == t.deal).scalar_subquery())
    ).all(),
    "correlated": lambda s, _: s.execute(
        select(
            Partner.id,
            select(func.max(OTHER.number)).where(OTHER.partner_id != Partner.id).scalar_subquery(),
        )
    ).all(),
    "exists": lambda s, t: s.scalars(
        select(literal("yes")).select_from(Partner).where(exists().where(Deal.id == t.deal))
    ).all(),
    "exists of an alias": lambda s, t: s.scalars(
        select(literal("yes"))
        .select_from(Partner)
        .where(select(OTHER.id).where(OTHER.id == t.deal).exists())
    ).all(),
    "in": lambda s, t: s.scalars(
        select(literal("yes")).select_from(Partner).where(literal(t.deal).in_(select(Deal.id)))
    ).all(),
    "any": lambda s, t: s.scalars(
        select(literal("yes")).select_from(Partner).where(literal(t.deal) == any_(select(Deal.id)))
    ).all(),
    "case": lambda s, t: s.scalars(
        select(case((exists().where(Deal.id == t.deal), "yes"), else_="no")).select_from(Partner)
    ).all(),
    "cte": lambda s, _: s.scalars(select(select(Deal.number).cte().c.number)).all(),
    "alias of a cte": lambda s, _: s.scalars(
        select(aliased(Deal, select(Deal).cte("deals")).number)
    ).all(),
    "recursive cte": lambda s, _: s.scalars(select(_recursive().c.number)).all(),
    "lateral": lambda s, _: s.execute(
        select(Partner.id, lateral(select(Deal.number)).c.number)
    ).all(),
    "alias of a sub-select": lambda s, _: s.scalars(
        select(aliased(Deal, select(Deal).subquery()))
    ).all(),
    "union": lambda s, _: s.execute(union(select(Deal.number), select(OTHER.number))).all(),
    "union all": lambda s, _: s.execute(union_all(select(Deal.number), select(OTHER.number))).all(),
    "entities from a union": lambda s, _: s.scalars(
        select(Deal).from_statement(union_all(select(Deal), select(Deal)))
    ).all(),
    "alias of a union": lambda s, _: s.scalars(
        select(aliased(Deal, union_all(select(Deal), select(Deal)).subquery()))
    ).all(),
    "lambda": lambda s, _: s.scalars(lambda_stmt(lambda: select(Deal))).all(),
    # figures
    "count": lambda s, t: _same(s.scalar(select(func.count(Deal.id))), t.own_deals),
    "count of rows": lambda s, t: _same(
        s.scalar(select(func.count()).select_from(Deal)), t.own_deals
    ),
    "legacy count": lambda s, t: _same(s.query(Deal).count(), t.own_deals),
    "most": lambda s, t: s.scalar(select(func.max(Deal.value_minor))),
    "sum": lambda s, t: s.scalar(select(func.sum(Deal.value_minor))),
    "grouped": lambda s, _: s.execute(
        select(Deal.partner_id, func.count()).group_by(Deal.partner_id)
    ).all(),
    "having": lambda s, _: s.execute(
        select(Deal.number).group_by(Deal.number).having(func.count() > 0)
    ).all(),
    "window": lambda s, _: s.execute(
        select(Deal.number, func.sum(Deal.value_minor).over(order_by=Deal.number))
    ).all(),
    # around the models
    "core table": lambda s, _: s.execute(DEALS.select()).all(),
    "core columns": lambda s, _: s.execute(select(DEALS.c.number)).all(),
    "core beside a model": lambda s, _: s.execute(select(Partner.id, DEALS.c.number)).all(),
    "core alias beside a model": lambda s, _: s.execute(
        select(Partner.id, DEALS.alias("d").c.number)
    ).all(),
    "core in a condition": lambda s, t: s.execute(
        select(literal("yes"))
        .select_from(Partner)
        .where(select(DEALS.c.id).where(DEALS.c.id == t.deal).exists())
    ).all(),
    "made-up table": lambda s, _: s.execute(
        select(Partner.id, table("deal", column("number")).c.number)
    ).all(),
    "text": lambda s, _: s.execute(text("SELECT number FROM deal")).all(),
    "text as a model": lambda s, _: s.scalars(
        select(Deal).from_statement(text("SELECT * FROM deal"))
    ).all(),
    "text as a column": lambda s, _: s.execute(
        select(Partner.id, literal_column("(SELECT max(number) FROM deal)"))
    ).all(),
    "text as a condition": lambda s, t: s.execute(
        select(literal("yes")).select_from(Partner).where(text("EXISTS (SELECT 1 FROM deal d)"))
    ).all(),
    "text as a table": lambda s, _: s.execute(
        select(Partner.id, literal_column("number")).select_from(Partner, table("deal"))
    ).all(),
    "quoted text": lambda s, _: s.execute(
        select(Partner.id, literal_column('(SELECT max(d.number) FROM "deal" AS d)'))
    ).all(),
    "connection": lambda s, _: s.connection().execute(select(DEALS)).all(),
    "the transaction's connection": lambda s, _: (
        s.execute(select(Partner.id)),
        s.get_transaction().connection(Deal).execute(select(DEALS)).all(),
    ),
    "the engine": lambda s, _: _over(s.get_bind(), select(DEALS)),
    "the engine, in text": lambda s, _: _over(s.get_bind(), text("SELECT number FROM deal")),
    "the driver": lambda s, _: _over_driver(s.get_bind(), "SELECT number FROM deal"),
    "other criteria": lambda s, t: s.scalars(
        select(Deal).options(with_loader_criteria(Owned, lambda cls: true(), include_aliases=True))
    ).all(),
    "after the vendor's side": lambda s, t: _after_vendor_side(s),
    "within a savepoint": lambda s, _: _in_savepoint(s),
    "both owners": lambda s, t: s.scalars(
        select(Deal).where(and_(Deal.partner_id.in_([s.scope.owner, t.partner])))
    ).all(),
}


def _recursive() -> Any:
    found = select(Deal.id, Deal.number).cte("found", recursive=True)
    return found.union(select(OTHER.id, OTHER.number).join(found, OTHER.id != found.c.id))


def _same(counted: int, own: int) -> list[str]:
    return [] if counted == own else [f"THEIRS: {counted} counted, {own} are one's own"]


def _over(bind: Any, statement: Any) -> Any:
    with bind.connect() as connection:
        return connection.execute(statement).all()


def _over_driver(bind: Any, sql: str) -> Any:
    with bind.connect() as connection:
        return connection.exec_driver_sql(sql).all()


def _after_vendor_side(session: Any) -> Any:
    """What the vendor's side loaded must not be found in the partner's session afterwards."""
    with vendor_side(session) as beside:
        beside.scalars(select(Deal)).all()
    return [*session.scalars(select(Deal)), *session.identity_map.values()]


def _in_savepoint(session: Any) -> Any:
    with session.begin_nested():
        with vendor_side(session) as beside:
            beside.scalars(select(Deal)).all()
        return session.scalars(select(Deal.number)).all()
