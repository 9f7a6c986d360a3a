"""Partners: complete before active, told of what is decided, and through one distributor."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from models import audit, partners
from models.errors import Refused
from models.notices import Notice
from models.partners import PartnerRole, PartnerStatus, Profile, Tier
from models.partners.destinations import DestinationKind, PayoutDestination
from models.people import PersonStatus, Role, UserSession

COMPLETE = Profile(
    street="Uferstraße",
    building="12",
    postal_code="10115",
    town="Berlin",
    vat_id="DE 136 695 976",
)


@pytest.fixture
def manager(a):
    a.vendor()
    return a.manager().actor()


@pytest.fixture
def rhine(a, manager):
    return a.partner(name="Rhine Bikes", status=PartnerStatus.ONBOARDING)


@pytest.fixture
def complete(session, a, rhine, manager, now):
    """Everything the checklist wants, but the agreement."""
    a.person(partner=rhine, role=Role.PARTNER_ADMINISTRATOR)
    partners.edit_profile(session, rhine, by=manager, profile=COMPLETE, now=now)
    session.add(
        PayoutDestination(
            partner_id=rhine.id,
            kind=DestinationKind.BY_HAND,
            holder="Rhine",
            instructions="cheque",
            created_at=now,
        )
    )
    session.flush()
    return rhine


def sign(session, partner, manager, now):
    partners.record_agreement(
        session, partner, by=manager, signed_on=now.date(), today=now.date(), now=now
    )


def to_do(session, partner):
    steps = partners.checklist(partners.standing_of(session, partner))
    return [step.key for step in steps if not step.done]


def test_a_new_partner_has_everything_to_do(session, rhine):
    assert to_do(session, rhine) == [
        "administrator",
        "address",
        "tax",
        "destination",
        "agreement",
    ]


def test_a_partner_with_a_complete_checklist_becomes_active_once(session, complete, manager, now):
    assert to_do(session, complete) == ["agreement"]
    with pytest.raises(Refused, match="agreement is signed"):
        partners.activate(session, complete, by=manager, now=now)
    sign(session, complete, manager, now)
    partners.activate(session, complete, by=manager, now=now)
    assert complete.status is PartnerStatus.ACTIVE
    with pytest.raises(Refused, match="it is active"):
        partners.activate(session, complete, by=manager, now=now)
    told = select(Notice.kind).where(Notice.kind == "partner-activated")
    assert len(session.scalars(told).all()) == 1


@pytest.mark.parametrize(
    "spoil, step",
    [
        (lambda partner: setattr(partner, "street", ""), "address"),
        (lambda partner: setattr(partner, "postal_code", ""), "address"),
        (lambda partner: setattr(partner, "vat_id", ""), "tax"),
    ],
)
def test_each_gap_keeps_a_partner_from_being_activated(
    session, complete, manager, now, spoil, step
):
    sign(session, complete, manager, now)
    spoil(complete)
    assert to_do(session, complete) == [step]
    with pytest.raises(Refused, match="checklist is not complete"):
        partners.activate(session, complete, by=manager, now=now)


def test_an_administrator_who_was_only_invited_does_not_count(session, a, rhine):
    a.person(partner=rhine, role=Role.PARTNER_ADMINISTRATOR, status=PersonStatus.INVITED)
    assert "administrator" in to_do(session, rhine)


def test_a_tax_form_serves_where_there_is_no_vat_id(session, rhine, manager, now):
    form = Profile(tax_form="W-8BEN-E")
    partners.edit_profile(session, rhine, by=manager, profile=form, now=now)
    assert "tax" not in to_do(session, rhine)


def test_an_agreement_is_not_signed_tomorrow(session, rhine, manager, now):
    tomorrow = now.date() + timedelta(days=1)
    with pytest.raises(Refused, match="future"):
        partners.record_agreement(
            session, rhine, by=manager, signed_on=tomorrow, today=now.date(), now=now
        )


def test_the_same_profile_again_leaves_no_trace(session, rhine, manager, now):
    for _ in range(2):
        partners.edit_profile(session, rhine, by=manager, profile=COMPLETE, now=now)
    entries = session.scalars(
        select(audit.AuditEntry.detail).where(audit.AuditEntry.action == "partner edited")
    ).all()
    assert len(entries) == 1
    assert entries[0]["changed"]["vat_id"] == ["", "DE136695976"]


def test_a_partner_administrator_edits_the_own_company_only(session, a, rhine, now):
    head = a.person(partner=rhine, role=Role.PARTNER_ADMINISTRATOR).actor()
    seller = a.person(partner=rhine).actor()
    partners.edit_profile(session, rhine, by=head, profile=COMPLETE, now=now)
    for stranger, company in ((head, a.partner()), (seller, rhine)):
        with pytest.raises(Refused, match="Only a partner administrator"):
            partners.edit_profile(session, company, by=stranger, profile=COMPLETE, now=now)


def test_a_new_tier_is_told_once(session, a, rhine, manager, now):
    a.person(partner=rhine)
    for _ in range(2):
        partners.edit_terms(
            session, rhine, by=manager, name=rhine.name, role=rhine.role, tier=Tier.GOLD,
            currency="EUR", channel_manager_id=None, now=now,
        )  # fmt: skip
    assert rhine.tier is Tier.GOLD
    assert session.scalar(select(func.count(Notice.id))) == 1


def test_two_partners_of_one_name_in_one_country_are_refused(session, a, manager, now):
    said = {
        "by": manager, "role": PartnerRole.VAR, "country": "DE", "currency": "EUR",
        "profile": Profile(), "channel_manager_id": manager.id, "now": now,
    }  # fmt: skip
    first = partners.create(session, name="Elbe  Rad", **said)
    assert (first.name, first.status) == ("Elbe Rad", PartnerStatus.ONBOARDING)
    with pytest.raises(Refused, match=f"already a partner: {first.number}"):
        partners.create(session, name="ELBE RAD", **said)
    partners.create(session, name="Elbe Rad", **(said | {"country": "AT"}))


@pytest.mark.parametrize(
    "wrong, message",
    [
        ({"country": "UK"}, "Choose a country"),
        ({"currency": "EURO"}, "Choose a currency"),
        ({"profile": Profile(vat_id="DE136695977")}, "VAT ID does not add up"),
        ({"profile": Profile(postal_code="1011")}, "looks like 10115"),
        ({"profile": Profile(subdivision="WA")}, "no state or region"),
        ({"profile": Profile(domain="not an address")}, "web address"),
        ({"profile": Profile(tax_form="W-2")}, "tax form"),
    ],
)
def test_what_does_not_fit_the_country_is_refused(session, manager, now, wrong, message):
    said = {
        "by": manager, "name": "Elbe Rad", "role": PartnerRole.VAR, "country": "DE",
        "currency": "EUR", "profile": Profile(), "channel_manager_id": None, "now": now,
    }  # fmt: skip
    with pytest.raises(Refused, match=message):
        partners.create(session, **(said | wrong))


def test_a_suspended_partner_goes_on_and_hears_why(session, a, manager, now):
    rhine = a.partner()
    a.person(partner=rhine)
    partners.suspend(session, rhine, by=manager, reason="Invoices unpaid", now=now)
    with pytest.raises(Refused, match="it is suspended"):
        partners.suspend(session, rhine, by=manager, reason="again", now=now)
    assert "Invoices unpaid" in session.scalar(select(Notice.body))
    partners.resume(session, rhine, by=manager, now=now)
    assert rhine.status is PartnerStatus.ACTIVE


def test_stopping_a_partner_needs_a_reason(session, a, manager, now):
    for stop in (partners.suspend, partners.end):
        with pytest.raises(Refused, match="Say why"):
            stop(session, a.partner(), by=manager, reason=" ", now=now)


def test_when_a_partnership_ends_its_people_are_out_at_once(session, a, manager, now):
    rhine, other = a.partner(), a.partner()
    ute, ana = a.person(partner=rhine), a.person(partner=other)
    for number, person in enumerate((ute, ana)):
        session.add(
            UserSession(
                person_id=person.id, token_hash=str(number), created_at=now, last_seen_at=now,
                address="", browser="",
            )
        )  # fmt: skip
    partners.end(session, rhine, by=manager, reason="Closed", now=now)
    session.flush()
    ended = dict(session.execute(select(UserSession.person_id, UserSession.ended_at)).all())
    assert (ended[ute.id], ended[ana.id]) == (now, None)
    assert (ute.status, ana.status) == (PersonStatus.LEFT, PersonStatus.ACTIVE)
    with pytest.raises(Refused, match="it is ended"):
        partners.end(session, rhine, by=manager, reason="Closed", now=now)


MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)


def test_a_reseller_changes_its_distributor_on_a_day(session, a, manager, now):
    rhine, north, south = a.partner(), a.distributor(), a.distributor()
    for _ in range(2):
        partners.buy_through(session, rhine, north.id, from_on=MAY, by=manager, now=now)
    partners.buy_through(session, rhine, south.id, from_on=JUNE, by=manager, now=now)
    partners.buy_through(session, rhine, None, from_on=JULY, by=manager, now=now)
    held = [
        partners.parent_on(session, rhine.id, day)
        for day in (MAY - timedelta(days=1), MAY, JUNE - timedelta(days=1), JUNE, JULY)
    ]
    assert held == [None, north.id, north.id, south.id, None]
    assert partners.resellers_of(session, south.id, JUNE) == {rhine.id}


def test_what_held_before_is_not_rewritten(session, a, manager, now):
    rhine, north, south = a.partner(), a.distributor(), a.distributor()
    partners.buy_through(session, rhine, north.id, from_on=JUNE, by=manager, now=now)
    with pytest.raises(Refused, match="until 2026-06-01"):
        partners.buy_through(session, rhine, south.id, from_on=MAY, by=manager, now=now)
    partners.buy_through(session, rhine, south.id, from_on=JUNE, by=manager, now=now)
    assert partners.parent_on(session, rhine.id, JUNE) == south.id


def test_only_resellers_and_vars_buy_through_a_distributor_and_never_in_a_circle(
    session, a, manager, now
):
    north, south, agent = a.distributor(), a.distributor(), a.partner(role=PartnerRole.AGENT)
    reseller = a.partner()
    for partner, parent, message in (
        (north, south, "Only resellers"),
        (agent, north, "Only resellers"),
        (reseller, reseller, "another distributor"),
        (reseller, agent, "is not a distributor"),
    ):
        with pytest.raises(Refused, match=message):
            partners.buy_through(session, partner, parent.id, from_on=MAY, by=manager, now=now)


def test_a_role_does_not_change_under_its_links(session, a, manager, now):
    rhine, north = a.partner(), a.distributor()
    partners.buy_through(session, rhine, north.id, from_on=MAY, by=manager, now=now)
    terms = {
        "by": manager, "tier": Tier.GOLD, "currency": "EUR", "channel_manager_id": None, "now": now
    }  # fmt: skip
    with pytest.raises(Refused, match="has resellers"):
        partners.edit_terms(session, north, name="N", role=PartnerRole.VAR, **terms)
    with pytest.raises(Refused, match="buys through a distributor"):
        partners.edit_terms(session, rhine, name="R", role=PartnerRole.DISTRIBUTOR, **terms)


def test_the_list_shows_each_partner_once_with_todays_distributor(session, a, manager, now):
    rhine, north, south = a.partner(name="Rhine"), a.distributor(name="North"), a.distributor()
    partners.buy_through(session, rhine, north.id, from_on=MAY, by=manager, now=now)
    partners.buy_through(session, rhine, south.id, from_on=date(2027, 1, 1), by=manager, now=now)
    chosen = partners.Filter(distributor_id=north.id)
    rows = session.execute(partners.listed(chosen, day=now.date())).all()
    assert [(row.name, row.distributor) for row in rows] == [("Rhine", "North")]
    assert partners.counted(session, chosen, day=now.date()) == 1
    assert partners.counted(session, partners.Filter(), day=now.date()) == 3
    assert len(session.execute(partners.listed(partners.Filter(), day=now.date())).all()) == 3


@pytest.mark.parametrize("text, found", [("rhin", 1), ("%", 0), ("_hine", 0), ("P-", 2)])
def test_searching_takes_signs_as_they_are(session, a, now, text, found):
    a.partner(name="Rhine"), a.partner(name="Elbe")
    assert partners.counted(session, partners.Filter(text=text), day=now.date()) == found
