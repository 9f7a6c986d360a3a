"""Nothing that pointed at a merged customer is lost, in whatever table it stands."""

from models import customers, deals, schema
from models.customers import Customer, merging
from models.territories import AreaKind, TerritoryArea

STAYING = {
    "customer_key.customer_id",  # its keys go on finding the survivor
    "customer_merge.survivor_id", "customer_merge.merged_id",  # what was done, and to which
    "customers_apart.one_id", "customers_apart.other_id",  # what somebody said of that record
}  # fmt: skip
NO_CUSTOMERS_OF_OURS = {"partner_invoice.customer_id"}
"""A customer of the payment service: its own name for a partner."""


def pointers():
    """Every column of every table that points at a customer, but for those that stay."""
    return list(merging._pointers(with_facts=True))


def pointing(session, customer_id):
    """{column: the rows of it that point at this customer}"""
    session.expire_all()
    return {
        str(column): set(
            session.execute(column.table.select().where(column == customer_id)).scalars()
        )
        for column in pointers()
    }


def test_each_column_that_names_a_customer_is_a_foreign_key_that_follows_it_or_says_why_not():
    columns = {
        str(column): column for table in schema.metadata().sorted_tables for column in table.columns
    }
    key = Customer.__table__.c.id
    known = {
        name for name, each in columns.items() if any(fk.column is key for fk in each.foreign_keys)
    }
    named = {name for name in columns if name.endswith("customer_id")}
    assert named - known == NO_CUSTOMERS_OF_OURS
    assert known == {str(column) for column in pointers()} | STAYING


def world(session, a):
    """A customer that every such column points at, and the one it is merged into."""
    a.programme()
    first, second = a.contest()  # deals, look-alikes, links and a conflict case
    merged = session.get_one(Customer, first.customer_id)
    other = a.approved(customer_name="Quartz Optics", customer_country="DE", family="Helmets")
    survivor = session.get_one(Customer, other.customer_id)
    a.invoice(deal=a.won(customer_name=merged.name, customer_country="DE", family="Locks"))
    a.touch(first)
    a.product(sku="FW-100")
    a.pos_report(a.distributor(), a.sale(end_user_name=merged.name, end_user_postal=""))
    written = deals.registration_of(session, other)
    moved = type(written)(**(vars(written) | {"customer_name": merged.name}))
    by = a.registrant(other)
    deals.amend(session, other, moved, note="It is bought there.", by=by, now=a.now)
    a.submitted(customer_name="Kestrel Food Ltd", customer_country="DE")
    territory = a.territory()
    territory.areas.append(
        TerritoryArea(kind=AreaKind.ACCOUNT, value="kestrel.example", customer_id=merged.id)
    )
    earlier = a.customer("Wholly Other Holding")
    by = a.manager().actor()
    session.flush()
    customers.merge(session, merged, earlier, reason="Renamed.", by=by, now=a.now)
    assert second.customer_id == merged.id
    return survivor, merged, by


def test_every_row_follows_the_merged_customer_and_comes_back(session, a):
    survivor, merged, by = world(session, a)
    before, had = pointing(session, merged.id), pointing(session, survivor.id)
    assert all(before.values()), "of every column there is a row"
    done = deals.merge_customers(session, survivor, merged, reason="One.", by=by, now=a.now)
    left, has = pointing(session, merged.id), pointing(session, survivor.id)
    for name, rows in before.items():
        assert left[name] | has[name] >= rows, f"lost: {name}"
        assert has[name] >= had[name]
    still = {name for name, rows in left.items() if rows}
    assert still <= {"touch.customer_id"}, "what may not change stays with the other name"
    customers.undo(session, done, reason="They are two.", by=by, now=a.now)
    again = pointing(session, merged.id)
    for name, rows in before.items():
        assert again[name] >= rows, name
