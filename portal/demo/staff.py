"""The vendor and its people, and the log-ins that the demonstration names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from models.factors.rules import ALWAYS
from models.factors.tables import CodeApp
from models.people import Person, Role, passwords
from models.vendor import Vendor
from portal.demo.reading import rows
from portal.demo.story import Story
from portal.demonstration import TOTP_SECRET

PASSWORD = "uphill both ways"
STAFF_HOST = "adventure-works.example"

TWO_COMPANIES, TWO_COMPANIES_EMAIL = ("85", "633"), "cleo@marsh-consulting.example"
"""Somebody who sells for two resellers."""

CHANNEL_MANAGERS = {"272": "channel", "290": "channel.europe", "294": "channel.pacific"}
"""The three regional managers look after the channel; their people follow the business."""


@dataclass(frozen=True)
class Login:
    email: str
    who: str


LOGINS = (
    Login(f"administrator@{STAFF_HOST}", "administrator"),
    Login(f"administrator.second@{STAFF_HOST}", "administrator, agrees"),
    Login(f"channel.europe@{STAFF_HOST}", "channel manager, Europe"),
    Login(f"rachel.valdez@{STAFF_HOST}", "sales manager, Germany"),
    Login(f"finance@{STAFF_HOST}", "finance, prepares"),
    Login(f"finance.second@{STAFF_HOST}", "finance, releases"),
    Login("seller@enterprise-center.example", "reseller: Enterprise Center, München"),
    Login("administrator@enterprise-center.example", "its administrator"),
    Login("seller@global-bike-retailers.example", "its distributor: Global Bike Retailers"),
    Login(TWO_COMPANIES_EMAIL, "works for two resellers and chooses one"),
    Login("seller@off-price-bike-center.example", "a rival: Off-Price Bike Center, Berlin"),
)


def logins() -> str:
    """What is printed at the start."""
    width = max(len(login.email) for login in LOGINS)
    lines = [f"  {login.email:<{width}}  {login.who}" for login in LOGINS]
    said = (
        f"Sign in with the password “{PASSWORD}” as",
        *lines,
        "",
        "Administrators and finance are asked for a code too: the demonstration fills it in.",
        f"(For an app of your own, the secret of every code is {TOTP_SECRET}.)",
        "",
    )
    return "\n".join(said)


def hire(story: Story) -> None:
    """The vendor's row, its office, its 17 sales people."""
    story.password_hash = passwords.hashed(PASSWORD)
    story.code_secret_sealed = story.seal.close(TOTP_SECRET)
    office = {
        "administrator": ("Kim Ralls", Role.ADMINISTRATOR),
        "administrator.second": ("Rosa Keller", Role.ADMINISTRATOR),
        "finance": ("Dana Burnell", Role.FINANCE),
        "finance.second": ("Robin Halter", Role.FINANCE),
    }
    for word, (name, role) in office.items():
        _employ(story, word, name, word, role)
    for row in rows("salespeople"):
        key, name = row["employee_key"], f"{row['first_name']} {row['last_name']}"
        manages = CHANNEL_MANAGERS.get(key)
        role = Role.CHANNEL_MANAGER if manages else Role.SALES_MANAGER
        _employ(story, key, name, manages or _address(name), role)
    story.session.add(_vendor(story))
    story.session.flush()


def _employ(story: Story, key: str, name: str, mailbox: str, role: Role) -> None:
    person = Person(
        email=f"{mailbox}@{STAFF_HOST}",
        name=name,
        role=role,
        password_hash=story.password_hash,
        time_zone="America/Los_Angeles",
        created_at=story.now - timedelta(days=700),
    )
    story.session.add(person)
    story.session.flush()
    give_second_factor(story, person)
    story.staff[key] = person.actor()


def give_second_factor(story: Story, person: Person) -> None:
    """Whose role needs one has an app; its secret is the demonstration's, known to everybody."""
    if person.role in ALWAYS:
        story.session.add(
            CodeApp(
                person_id=person.id,
                secret_sealed=story.code_secret_sealed,
                last_step=0,
                added_at=person.created_at,
            )
        )


def _address(name: str) -> str:
    plain = name.lower().replace("é", "e").replace("í", "i")
    return ".".join(plain.split())


def _vendor(story: Story) -> Vendor:
    return Vendor(
        name="Adventure Works Cycles",
        legal_name="Adventure Works Cycles, Inc.",
        street="1970 Napa Court",
        postal_code="98011",
        town="Bothell",
        country="US",
        base_currency="USD",
        time_zone="America/Los_Angeles",
        iban="DE89370400440532013000",
        bic="COBADEFFXXX",
        mail_from=f"partners@{STAFF_HOST}",
        minimum_deal_minor=250_00,
        minimum_payout_minor=10_00,
        default_channel_manager_id=story.staff["272"].id,
        default_sales_manager_id=story.staff["281"].id,
    )
