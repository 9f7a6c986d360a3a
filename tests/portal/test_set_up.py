"""Beginning a real installation, from the command line."""

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from models import factors
from models.people import Person, Role
from models.vendor import Vendor
from portal.command_line import portal

WORDS = {
    "--company": "Adventure Works Cycles",
    "--country": "de",
    "--currency": "EUR",
    "--time-zone": "Europe/Berlin",
    "--name": "Rosa Keller",
    "--email": "Rosa@Example.com",
    "--password": "quiet lamps over the harbour",
}


@pytest.fixture
def set_up(app, session):
    def set_up(**changes):
        words = WORDS | {f"--{name.replace('_', '-')}": value for name, value in changes.items()}
        session.commit()
        with app.app_context():
            return CliRunner().invoke(
                portal, ["set-up", *(w for pair in words.items() for w in pair)]
            )

    return set_up


def test_the_company_and_its_first_administrator_are_made(set_up, session):
    assert set_up().exit_code == 0
    vendor, person = session.scalars(select(Vendor)).one(), session.scalars(select(Person)).one()
    assert (vendor.name, vendor.country, person.email) == (
        "Adventure Works Cycles", "DE", "rosa@example.com",
    )  # fmt: skip
    assert person.role is Role.ADMINISTRATOR
    assert vendor.default_channel_manager_id == person.id


def test_a_second_time_is_refused(set_up, session):
    set_up()
    again = set_up(company="Rival")
    assert again.exit_code == 1 and "set up already" in again.output
    assert session.scalars(select(Vendor.name)).all() == ["Adventure Works Cycles"]


@pytest.mark.parametrize(
    "name, value, remedy",
    [
        ("currency", "XXQ", "such as EUR"),
        ("country", "Germany", "such as DE"),
        ("time_zone", "Berlin", "such as Europe/Berlin"),
        ("email", "rosa", "name@company.com"),
        ("password", "short", "at least 15 characters"),
    ],
)
def test_a_bad_word_is_refused_and_nothing_is_made(set_up, session, name, value, remedy):
    answer = set_up(**{name: value})
    assert answer.exit_code == 1 and remedy in answer.output
    assert session.scalars(select(Person)).all() == []


def test_a_new_portal_asks_everybody_for_a_second_factor(set_up, session):
    set_up()
    asked = session.scalars(select(Vendor.factor_roles)).one()
    assert all(factors.is_required(role, asked) for role in Role)
