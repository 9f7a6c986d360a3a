"""Odd files for every reader, found by coverage (atheris): each reads, or refuses in words.

    python -m tests.fuzzing_readers -max_total_time=120

A reader that raises anything else stops the run, and the file that did it is written down.
"""

import contextlib
import json
import sys
import tempfile
import warnings
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["portal", "models.files", "models.commissions.engine"]):
    from models.commissions.plan_files import read_plan
    from models.files.rules import Upload, media_type_of, stored_name
    from models.reading_sql import read as read_sql
    from portal.imports import ImportFile
    from portal.payouts.bank_answers import read_answers
    from portal.spreadsheets import as_csv
    from portal.territories.columns import COLUMNS

from models.errors import Refused
from models.territories import LoadKind
from tests.fuzzing_values import FILES

PAYMENTS = Path(__file__).parent / "golden" / "payments"
PLANS = Path(__file__).parent / "golden" / "commissions.json"
LONGEST = 20_000


def sheet(content: bytes) -> None:
    for kind in LoadKind:
        for row in ImportFile(as_csv(content), COLUMNS[kind]):
            assert row.number > 1


def attachment(content: bytes) -> None:
    stored_name("a.pdf", media_type_of(Upload("a.pdf", content)))


def plan(content: bytes) -> None:
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        return
    read_plan(told)


def sql(content: bytes) -> None:
    read_sql(content.decode("latin-1"))


READERS = [sheet, attachment, plan, sql, lambda content: read_answers(content)]


def one(data: bytes) -> None:
    """The first byte says which reader."""
    if data:
        with contextlib.suppress(Refused):
            READERS[data[0] % len(READERS)](data[1:])


def seeds(folder: Path) -> None:
    cases = json.loads(PLANS.read_text())["cases"][:40]
    plans = [json.dumps(case).encode() for case in cases]
    banks = [file.read_bytes() for file in sorted(PAYMENTS.iterdir())]
    lists = [",".join(column.name for column in COLUMNS[kind]).encode() for kind in LoadKind]
    queries = [b"SELECT deal.id FROM deal AS d WHERE d.partner_id = ?"]
    for at, content in enumerate(FILES + plans + banks + lists + queries):
        for reader in range(len(READERS)):
            (folder / f"{at}-{reader}").write_bytes(bytes([reader]) + content[:LONGEST])


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        seeds(Path(folder))
        atheris.Setup([sys.argv[0], folder, f"-max_len={LONGEST}", *sys.argv[1:]], one)
        atheris.Fuzz()
