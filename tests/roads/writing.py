"""Roads that write: each must leave the foreign rows as they were, or be refused."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import delete, insert, literal, select, text, update
from sqlalchemy.orm import make_transient_to_detached

from models.base import new_id
from models.catalog import ProductFamily
from models.customers import Customer
from models.deals import Deal, DealEvent, DealNote
from models.partners import Partner
from models.people import Person

DEALS = Deal.__table__

WRITES: dict[str, Callable[[Any, Any], Any]] = {
    "update all": lambda s, _: s.execute(update(Deal).values(customer_town="X")),
    "update by key": lambda s, t: s.execute(
        update(Deal).where(Deal.id == t.deal).values(customer_town="X")
    ),
    "update by owner": lambda s, t: s.execute(
        update(Deal).where(Deal.partner_id == t.partner).values(customer_town="X")
    ),
    "update many by key": lambda s, t: s.execute(
        update(Deal), [{"id": t.deal, "customer_town": "X"}]
    ),
    "update returning": lambda s, _: s.execute(
        update(Deal).values(customer_town="X").returning(Deal.number)
    ).all(),
    "update the owner": lambda s, t: s.execute(update(Deal).values(partner_id=t.partner)),
    "update from a join": lambda s, t: s.execute(
        update(Deal).values(customer_town="X").where(Deal.id == DealEvent.deal_id)
    ),
    "legacy update": lambda s, _: s.query(Deal).update({"customer_town": "X"}),
    "delete all": lambda s, _: s.execute(delete(DealEvent)),
    "delete by key": lambda s, t: s.execute(delete(DealEvent).where(DealEvent.deal_id == t.deal)),
    "delete returning": lambda s, t: s.execute(delete(DealEvent).returning(DealEvent.id)).all(),
    "legacy delete": lambda s, _: s.query(DealEvent).delete(),
    "insert": lambda s, t: s.execute(insert(DealEvent).values(t.event)),
    "insert many": lambda s, t: s.execute(insert(DealEvent), [t.event]),
    "insert returning": lambda s, t: s.scalars(insert(Deal).returning(Deal), [t.event]).all(),
    "insert from a select": lambda s, t: s.execute(
        insert(DealEvent).from_select(
            ["id", "partner_id"], select(literal(new_id()), literal(t.partner))
        )
    ),
    "core insert": lambda s, t: s.execute(DealEvent.__table__.insert(), [t.event]),
    "core update": lambda s, _: s.execute(DEALS.update().values(customer_town="X")),
    "core delete": lambda s, _: s.execute(DealEvent.__table__.delete()),
    "text": lambda s, _: s.execute(text("UPDATE deal SET customer_town = 'X'")),
    "bulk insert": lambda s, t: s.bulk_insert_mappings(DealEvent, [t.event]),
    "bulk update": lambda s, t: s.bulk_update_mappings(
        Deal, [{"id": t.deal, "customer_town": "X"}]
    ),
    "bulk save": lambda s, t: s.bulk_save_objects([DealEvent(**t.event)]),
    "add for another": lambda s, t: _add(s, DealEvent(**t.event)),
    "add to another's deal": lambda s, t: _add(
        s, DealEvent(**(t.event | {"partner_id": s.scope.owner}))
    ),
    "hand one's own over": lambda s, t: _hand_over(s, t),
    "merge": lambda s, t: (s.merge(Deal(id=t.deal, customer_town="X")), s.flush()),
    "merge without looking": lambda s, t: (s.merge(_made_up(t), load=False), s.flush()),
    "a made-up row changed": lambda s, t: _change_made_up(s, t),
    "a made-up row deleted": lambda s, t: (s.delete(_made_up(t)), s.flush()),
    "a made-up row refreshed": lambda s, t: (s.add(row := _made_up(t)), s.refresh(row)),
    "the connection": lambda s, _: s.connection().execute(DEALS.update().values(customer_town="X")),
    "the transaction's connection": lambda s, _: (
        s.execute(select(Partner.id)),
        s.get_transaction().connection(Deal).execute(DEALS.update().values(customer_town="X")),
    ),
    "what everybody reads": lambda s, _: s.execute(update(ProductFamily).values(name="X")),
    "the staff": lambda s, _: s.execute(update(Person).values(name="X")),
    "the companies": lambda s, _: s.execute(update(Partner).values(town="X")),
    "the customers": lambda s, _: s.execute(update(Customer).values(town="X")),
    "the vendor's": lambda s, _: s.execute(update(DealNote).values(note="X")),
}


def _add(session: Any, row: Any) -> None:
    session.add(row)
    session.flush()


def _hand_over(session: Any, theirs: Any) -> None:
    row = session.scalars(select(Deal)).first()
    row.partner_id = theirs.partner
    session.flush()


def _made_up(theirs: Any) -> Deal:
    """A row that claims to have been read: a foreign key, one's own name on it."""
    row = Deal(id=theirs.deal, partner_id=theirs.own_partner)
    make_transient_to_detached(row)
    return row


def _change_made_up(session: Any, theirs: Any) -> None:
    row = _made_up(theirs)
    session.add(row)
    row.customer_town = "X"
    session.flush()
