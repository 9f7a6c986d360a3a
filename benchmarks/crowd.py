"""A crowd of made-up customers, the same for the same seed, and the quick way to load it.

Few words are in many names, as it is with companies.  Loading goes past the ORM and builds
the keys' index last: a million customers the way they are added one by one take an hour.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Engine, insert, text

from models import customers
from models.base import new_id
from models.customers import Customer, CustomerDetails, word_list
from models.customers.keys import kept_under, letters_of
from models.customers.tables import CUSTOMER_KEYS
from models.scope import as_vendor

SEED = 20261122
BATCH = 5_000
BEGINNINGS = word_list(
    "b br c ch cl cr d dr f fl fr g gl gr h j k kl kr l m n p pl pr qu r s sch sh sl sp st str t "
    "th tr v w y z"
)
MIDDLES = word_list("a e i o u a e i o u ai ea ie oo ou")
ENDINGS = ["", "", "", *word_list("l m n r s t x ck nd rt ss")]
COMMON = word_list(
    "group services solutions systems international industries technologies trading consulting "
    "engineering holding global logistics partners energy foods medical marine design media "
    "capital software networks motors construction properties steel tools textiles packaging "
    "plastics hospital foundry electric insurance transport farms marketing security studio "
    "equipment dental brewing press optics pharma robotics furniture catering printing"
)
OFTEN = [1 / (rank + 3) for rank in range(len(COMMON))]
"""Few words are in many names, most in few."""
FORMS = ["Inc.", "LLC", "GmbH", "Ltd", "S.A.", "AG", "B.V.", "Co., Ltd.", "Corporation", ""]
COUNTRIES = ["US"] * 50 + ["DE"] * 14 + ["GB"] * 12 + ["FR"] * 10 + ["NL"] * 7 + ["SE"] * 7


def companies(count: int, rng: random.Random) -> Iterator[CustomerDetails]:
    for number in range(count):
        made = [_word(rng), _word(rng)]
        words = [made[0], *rng.choices(COMMON, OFTEN, k=rng.choice((0, 1, 1, 2)))]
        if rng.random() < 0.4:
            words.insert(1, made[1])
        name = " ".join(word.capitalize() for word in words)
        yield CustomerDetails(
            name=f"{name} {rng.choice(FORMS)}".strip(),
            country=rng.choice(COUNTRIES),
            domain=f"{''.join(words[:2])}{number % 97}.com" if rng.random() < 0.6 else "",
            postal_code=f"{rng.randrange(100_000):05}",
        )


def _word(rng: random.Random) -> str:
    parts = (BEGINNINGS, MIDDLES, ENDINGS)
    return "".join(rng.choice(part) for _ in range(rng.choice((2, 2, 3))) for part in parts)


def load(engine: Engine, count: int, now: datetime) -> None:
    """Fill an empty database with so many customers and their keys."""
    with engine.begin() as connection:
        _without_index(as_vendor(connection))
        crowd = companies(count, random.Random(SEED))
        while batch := list(islice(crowd, BATCH)):
            rows = [_row(details, now) for details in batch]
            connection.execute(insert(Customer.__table__), [row for row, _ in rows])
            _write_keys(
                connection,
                [
                    (key, row["id"], letters_of(row["core_name"]))
                    for row, keys in rows
                    for key in keys
                ],
            )
        _with_index(connection)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def _row(details: CustomerDetails, now: datetime) -> tuple[dict[str, Any], set[int]]:
    company = details.company
    row = {
        "id": new_id(),
        "name": details.name,
        "core_name": company.core,
        "country": company.country,
        "domain": company.domain or "",
        "postal_code": details.postal_code,
        "kind": customers.CustomerKind.BUSINESS,
        "created_at": now,
    }
    return row, kept_under(company)


def _write_keys(connection: Connection, rows: list[tuple[int, Any, int]]) -> None:
    if connection.dialect.name == "postgresql":
        with connection.connection.cursor().copy("COPY customer_key FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    else:
        statement = "INSERT INTO loading VALUES (?, ?, ?)"
        connection.exec_driver_sql(
            statement, [(key, each.hex, letters) for key, each, letters in rows]
        )


def _without_index(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("ALTER TABLE customer_key DROP CONSTRAINT pk_customer_key"))
        connection.execute(text("DROP INDEX ix_customer_key_customer_id"))
    else:
        connection.execute(
            text("CREATE TABLE loading (key INTEGER, customer_id TEXT, letters INTEGER)")
        )
        connection.execute(text("DROP INDEX ix_customer_key_customer_id"))


def _with_index(connection: Connection) -> None:
    """Sorted first: a tree that is filled in order is filled at once."""
    if connection.dialect.name == "postgresql":
        keys = "PRIMARY KEY (key, customer_id) INCLUDE (letters)"
        connection.execute(text(f"ALTER TABLE customer_key ADD CONSTRAINT pk_customer_key {keys}"))
    else:
        connection.execute(
            text("INSERT INTO customer_key SELECT * FROM loading ORDER BY key, customer_id")
        )
        connection.execute(text("DROP TABLE loading"))
    (index,) = CUSTOMER_KEYS.indexes
    index.create(connection)


def sample(count: int, how_many: int) -> Iterable[CustomerDetails]:
    """Some of the crowd, spread over all of it."""
    chosen = set(random.Random(SEED + 3).sample(range(count), min(count, how_many)))
    for number, details in enumerate(companies(count, random.Random(SEED))):
        if number in chosen:
            yield details
