"""The command that loads files: what it answers to people and to machines."""

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from models.sales import Invoice
from portal.command_line import portal
from portal.sales import loading
from portal.sales.recording import LOADERS


@pytest.fixture
def command(app, session):
    def command(*words):
        session.commit()
        with app.app_context():
            return CliRunner().invoke(portal, ["sales", "import", *map(str, words)])

    return command


def test_the_command_loads_a_file_and_answers_machines(session, a, command, tmp_path):
    a.invoice(number="INV-1", net=1_000_00)
    file = tmp_path / "bank.csv"
    file.write_text("invoice,reference,paid_at,amount,currency\nINV-1,b,2026-11-10,400.00,EUR\n")
    done = command("payments", file, "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) | {"problems": []} == {
        "file": "bank.csv", "kind": "payments", "row_count": 1, "loaded": 1, "unchanged": 0,
        "refused": 0, "problem_count": 0, "problems": [],
    }  # fmt: skip
    session.expire_all()
    assert session.scalar(select(Invoice.paid_minor)) == 400_00
    assert "0 new, 1 known, 0 left out." in command("payments", file).output


def test_the_command_names_bad_rows_keeps_the_good_and_says_so_by_its_exit_code(
    session, a, command, tmp_path
):
    a.invoice(number="INV-1", net=1_000_00)
    file = tmp_path / "bank.csv"
    rows = ["INV-1,b,2026-11-10,400.00,EUR", "INV-1,c,10.11.2026,1.00,EUR"]
    file.write_text("invoice,reference,paid_at,amount,currency\n" + "\n".join(rows))
    done = command("payments", file)
    assert done.exit_code == 1
    assert "row 3, paid_at: “10.11.2026” is not a date" in done.stderr
    session.expire_all()
    assert session.scalar(select(Invoice.paid_minor)) == 400_00


def test_the_command_refuses_what_it_cannot_read(command, tmp_path):
    file = tmp_path / "empty.csv"
    file.write_text("")
    done = command("payments", file)
    assert done.exit_code == 1 and "is empty" in done.output
    assert command("payments", tmp_path / "missing.csv").exit_code == 2
    assert command("secrets", file).exit_code == 2
    assert command("--help").exit_code == 0


def test_the_command_commits_in_parts_and_goes_on_after_it_was_killed(
    session, a, command, tmp_path, monkeypatch
):
    a.invoice(number="INV-1", net=1_000_00)
    file = tmp_path / "bank.csv"
    rows = [f"INV-1,b{number},2026-11-10,100.00,EUR" for number in range(5)]
    file.write_text("invoice,reference,paid_at,amount,currency\n" + "\n".join(rows))
    monkeypatch.setattr(loading, "PART", 2)
    recorded = LOADERS["payments"]

    def killed(*words):
        if words[1][0].values["reference"] == "b3":
            raise KeyboardInterrupt
        return recorded(*words)

    monkeypatch.setitem(LOADERS, "payments", killed)
    assert command("payments", file).exit_code != 0
    session.expire_all()
    assert session.scalar(select(Invoice.paid_minor)) == 200_00
    monkeypatch.setitem(LOADERS, "payments", recorded)
    assert "3 new, 2 known, 0 left out." in command("payments", file).output
    assert session.scalar(select(Invoice.paid_minor)) == 500_00
