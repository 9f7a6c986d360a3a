"""Row 32: the demonstration goes through every migration, down and up and down and up."""

from hashlib import sha256

from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError

from models import engine as engines
from models import migrations, roles
from models.scope import Scope, as_vendor, open_session
from models.sealing import Seal
from portal import demo
from tests.conftest import NOW, SEALING_KEY
from tests.payout_story import RAILS

OLDEST = "0001"
MADE_ANEW = ("audit_link", "closed_sum")
"""What a step works out of other rows, with keys of its own each time: nothing points at them."""


def contents(engine):
    """(rows, SHA-256 of them) by table, in whatever order they lie."""
    told = {}
    with engine.connect() as connection:
        as_vendor(connection)
        for table in sorted(inspect(connection).get_table_names()):
            columns = sorted(one["name"] for one in inspect(connection).get_columns(table))
            if table in MADE_ANEW:
                columns.remove("id")
            asked = ", ".join(f'"{one}"' for one in columns)
            rows = sorted(map(str, connection.exec_driver_sql(f'SELECT {asked} FROM "{table}"')))
            told[table] = (len(rows), sha256("\n".join(rows).encode()).hexdigest())
    return told


def down_step_by_step(owner, steps):
    """As far as what the demonstration has lets it go: where it stands then."""
    for step in reversed(steps):
        try:
            migrations.downgrade(owner, step)
        except IntegrityError:
            break
    return migrations.standing(owner)


def test_row_32_a_filled_database_is_equal_after_going_down_and_up_again(databases):
    url = databases.empty()
    owner = engines.connect(databases.as_owner(url))
    migrations.upgrade(owner)
    roles.let_in(owner, url)
    with open_session(engines.for_writing(owner), Scope.vendor()) as session:
        demo.load(session, now=NOW, seal=Seal(SEALING_KEY), rails=RAILS)
        session.commit()
    loaded = contents(owner)
    steps = sorted(one for one in migrations.known() if one > OLDEST)
    migrations.downgrade(owner, steps[-2])
    migrations.upgrade(owner)
    last = contents(owner)
    deepest = down_step_by_step(owner, [OLDEST, *steps[:-2]])
    migrations.upgrade(owner)
    once = contents(owner)
    print(f"\nrow 32: as far down as {deepest}")
    migrations.downgrade(owner, deepest)
    migrations.upgrade(owner)
    assert contents(owner) == once
    owner.dispose()
    changed = sorted(name for name in loaded if loaded[name] != last[name])
    print(
        f"\nrow 32: {sum(rows for rows, _ in loaded.values())} rows of {len(loaded)} tables, down"
        f" to {deepest} and up, twice: equal; {len(steps)} steps. The newest step alone, down and"
        f" up, leaves all tables as they were but {changed or 'none'}"
    )
