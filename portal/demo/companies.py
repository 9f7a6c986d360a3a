"""The 701 resellers as partners: roles, tiers, distributors, users, and where they are paid."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import insert

from models.base import human_number, new_id
from models.partners import (
    Partner,
    PartnerParent,
    PartnerRole,
    PartnerStatus,
    PartnerTerms,
    Tier,
    destinations,
)
from models.partners.destinations import DestinationKind, PayoutDestination
from models.people import Person, Role
from portal.demo.reading import rows
from portal.demo.staff import give_second_factor
from portal.demo.story import Story
from portal.demo.taxes import keep_forms

ROLES = {
    "Value Added Reseller": PartnerRole.VAR,
    "Specialty Bike Shop": PartnerRole.RESELLER,
    "Warehouse": PartnerRole.RESELLER,
}
CURRENCIES = {"US": "USD", "CA": "CAD", "GB": "GBP", "AU": "AUD"}
TIERS = ((3_000_000, Tier.PLATINUM), (1_500_000, Tier.GOLD), (800_000, Tier.SILVER))
CHANNEL = {"US": "272", "CA": "272", "AU": "294"}
"""Who looks after the partners of a country; elsewhere Europe's manager does."""

WITH_PEOPLE = {
    "212": "enterprise-center",
    "230": "global-bike-retailers",
    "122": "off-price-bike-center",
}
BANKS = {"DE": "37040044{:010d}", "FR": "2004101005{:013d}"}
"""Account numbers behind the check digits: as long as the country's are."""
NOT_SAID = 7
"""Every so many partners outside the euro have not said where they are paid."""


def found(story: Story) -> None:
    story.towns = {row["reseller_key"]: row for row in rows("resellers")}
    heads = _distributors(story)
    for key, row in story.towns.items():
        story.partners[key] = _partner(story, row, is_distributor=key in heads.values())
    story.session.add_all(story.partners.values())
    story.session.flush()
    _rise(story)
    _group(story, heads)


def _rise(story: Story) -> None:
    """Those with people of their own began in a lower tier."""
    for key in WITH_PEOPLE:
        partner = story.partners[key]
        story.session.add(
            PartnerTerms(
                partner_id=partner.id,
                to_on=story.today - timedelta(days=180),
                tier=Tier.SILVER if partner.tier is Tier.GOLD else Tier.REGISTERED,
                role=partner.role,
                country=partner.country,
                currency=partner.currency,
            )
        )


def settle(story: Story, keys: set[str]) -> None:
    """Users for the partners that take part in the story, and where they are paid.

    The distributors of their states take part too: they earn on what their resellers sell.
    """
    heads = _distributors(story)
    above = {heads.get(story.towns[key]["subdivision"], key) for key in keys}
    for key in sorted(keys | above | set(WITH_PEOPLE), key=int):
        host = WITH_PEOPLE.get(key, f"partner{key}") + ".example"
        name = "Lena Brandt" if key == "212" else f"Seller of {story.partners[key].name}"
        seller = _person(story, key, f"seller@{host}", name, Role.SELLER)
        story.sellers[key] = seller.actor()
        name = "Jonas Weiss" if key == "212" else f"Office of {story.partners[key].name}"
        _person(story, key, f"administrator@{host}", name, Role.PARTNER_ADMINISTRATOR)
        if destination := _destination(story, key):
            story.session.add(destination)
    keep_forms(story, keys | above | set(WITH_PEOPLE))
    story.session.flush()


def _distributors(story: Story) -> dict[str, str]:
    """Of each state with a warehouse, the warehouse that sells most: state → reseller key."""
    heads: dict[str, str] = {}
    for key, row in story.towns.items():
        if row["business_type"] == "Warehouse":
            best = heads.get(row["subdivision"])
            if best is None or _sales(row) > _sales(story.towns[best]):
                heads[row["subdivision"]] = key
    return heads


def _sales(row: dict[str, str]) -> int:
    return int(row["annual_sales"].split(".")[0])


def _partner(story: Story, row: dict[str, str], *, is_distributor: bool) -> Partner:
    partner_id = new_id()
    country = row["country"]
    tier = next((tier for least, tier in TIERS if _sales(row) >= least), Tier.REGISTERED)
    return Partner(
        id=partner_id,
        number=human_number("P", partner_id),
        name=row["name"],
        role=PartnerRole.DISTRIBUTOR if is_distributor else ROLES[row["business_type"]],
        tier=tier,
        status=PartnerStatus.ACTIVE,
        country=country,
        currency=CURRENCIES.get(country, "EUR"),
        street=row["address"],
        postal_code=row["postal_code"],
        town=row["city"],
        subdivision=row["subdivision"],
        phone=row["phone"],
        agreement_signed_on=story.today - timedelta(days=400),
        channel_manager_id=story.staff[CHANNEL.get(country, "290")].id,
        external_id=row["account_number"],
        created_at=story.now - timedelta(days=420),
    )


def _group(story: Story, heads: dict[str, str]) -> None:
    """Every second reseller of a state buys through the state's distributor."""
    links = [
        {
            "id": new_id(),
            "partner_id": story.partners[key].id,
            "distributor_id": story.partners[heads[row["subdivision"]]].id,
            "from_on": story.today - timedelta(days=400),
        }
        for key, row in story.towns.items()
        if heads.get(row["subdivision"], key) != key
        and key not in heads.values()
        and (int(key) % 2 == 0 or key in WITH_PEOPLE)
    ]
    story.session.execute(insert(PartnerParent), links)


def _person(story: Story, key: str, email: str, name: str, role: Role) -> Person:
    person = Person(
        email=email,
        name=name,
        role=role,
        partner_id=story.partners[key].id,
        password_hash=story.password_hash,
        time_zone="Europe/Berlin" if key in WITH_PEOPLE else "UTC",
        created_at=story.now - timedelta(days=400),
    )
    story.session.add(person)
    story.session.flush()
    give_second_factor(story, person)
    return person


def _destination(story: Story, key: str) -> PayoutDestination | None:
    partner = story.partners[key]
    about = {"partner_id": partner.id, "created_at": story.now - timedelta(days=390)}
    if bank := BANKS.get(partner.country):
        iban = _iban(partner.country, bank.format(int(key) * 7919))
        account = destinations.checked(holder=partner.name, iban=iban, bic="")
        sealed = destinations.sealed(account, story.seal)
        return PayoutDestination(kind=DestinationKind.SEPA, **sealed, **about)
    if int(key) % NOT_SAID == 0:
        return None
    return PayoutDestination(
        kind=DestinationKind.BY_HAND,
        holder=partner.name,
        instructions=f"Domestic transfer; remittance to {partner.street}, {partner.town}.",
        **about,
    )


def _iban(country: str, account: str) -> str:
    digits = "".join(str(int(sign, 36)) for sign in f"{account}{country}00")
    return f"{country}{98 - int(digits) % 97:02d}{account}"
