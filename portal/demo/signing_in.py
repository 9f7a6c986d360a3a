"""Who signs in how: one company's own sign-in, what waits for a second person, a visit."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from sqlalchemy import select

from models.agreements import AgreementText, Signature, TextKind
from models.federation import IdentityProvider, ProviderDomain
from models.jobs import Job, JobState
from models.people import Person, PersonStatus, Role
from models.privacy import erasing
from models.privileges import Ask, PrivilegeRequest
from models.visits import LONGEST, Visit
from portal.demo.companies import WITH_PEOPLE
from portal.demo.staff import STAFF_HOST, TWO_COMPANIES, TWO_COMPANIES_EMAIL
from portal.demo.story import Story
from portal.documents import Party, SignedText, signed_text

DISTRIBUTOR, RESELLER = "230", "212"
AGREEMENT = (
    "Adventure Works Cycles sells through the partner, and pays commission as its plans say.",
    "A registration that is approved protects the partner until the day that the portal names.",
    "Either side may end this agreement with three months' notice. What was earned is paid.",
)
CODE = (
    "We tell customers the truth about what we sell, and keep what they tell us to ourselves.",
    "We neither pay nor take bribes. Who sees one tells us, and is protected when they do.",
)


def tell(story: Story) -> None:
    _own_sign_in(story)
    _waits_for_a_second_person(story)
    _visit(story)
    _agreements(story)
    _somebody_left(story)
    _works_for_two(story)
    _was_given_up(story)


def _own_sign_in(story: Story) -> None:
    """Shut: there is nobody at the other end."""
    provider = IdentityProvider(
        partner_id=story.partners[DISTRIBUTOR].id,
        name="Global Bike login",
        issuer="https://login.global-bike-retailers.example",
        client_id="counterpart",
        client_secret_sealed=story.seal.close("there is nobody at the other end"),
        groups={"Channel sales": "seller"},
        is_active=False,
        created_at=story.now - timedelta(days=30),
    )
    story.session.add(provider)
    story.session.flush()
    story.session.add(
        ProviderDomain(
            provider_id=provider.id,
            domain="global-bike-retailers.example",
            verified_at=provider.created_at,
            verified_by_name=story.staff["administrator"].name,
        )
    )


def _waits_for_a_second_person(story: Story) -> None:
    kim, rachel = story.staff["administrator"], f"rachel.valdez@{STAFF_HOST}"
    about = story.session.scalars(select(Person).where(Person.email == rachel)).one()
    story.session.add(
        PrivilegeRequest(
            kind=Ask.ROLE,
            person_id=about.id,
            email=about.email,
            name=about.name,
            role=Role.FINANCE,
            role_before=about.role,
            asked_by_id=kim.id,
            asked_by_name=kim.name,
            asked_at=story.now - timedelta(days=1),
        )
    )


def _visit(story: Story) -> None:
    kim, seller = story.staff["administrator"], story.sellers[RESELLER]
    begun = story.now - timedelta(days=3)
    story.session.add(
        Visit(
            partner_id=story.partners[RESELLER].id,
            person_id=seller.id,
            person_name=seller.name,
            visitor_id=kim.id,
            visitor_name=kim.name,
            reason="Called: a statement could not be found. Shown where it is.",
            begun_at=begun,
            ends_at=begun + LONGEST,
            ended_at=begun + timedelta(minutes=6),
        )
    )
    story.session.flush()


def _somebody_left(story: Story) -> None:
    """And asked to be erased: a second administrator has to confirm it."""
    partner = story.partners[DISTRIBUTOR]
    left = Person(
        email=f"mia.brandt@{partner.domain or 'global-bike-retailers.example'}",
        name="Mia Brandt",
        role=Role.SELLER,
        status=PersonStatus.LEFT,
        partner_id=partner.id,
        created_at=story.now - timedelta(days=300),
    )
    story.session.add(left)
    story.session.flush()
    erasing.ask(
        story.session,
        left,
        reason="Wrote from the address that we have of her, and called back.",
        by=story.staff["administrator"],
        now=story.now - timedelta(days=2),
    )


def _agreements(story: Story) -> None:
    """The agreement is signed by the companies of the log-ins; the code waits for them."""
    kim, at = story.staff["administrator"].name, story.now - timedelta(days=400)
    texts = {
        kind: AgreementText(
            kind=kind,
            version=1,
            title=title,
            body="\n\n".join(paragraphs),
            blocks=False,
            published_at=at - timedelta(days=30),
            published_by_name=kim,
        )
        for kind, title, paragraphs in (
            (TextKind.AGREEMENT, "Partner agreement", AGREEMENT),
            (TextKind.CODE_OF_CONDUCT, "Code of conduct", CODE),
        )
    }
    story.session.add_all(texts.values())
    story.session.flush()
    companies = [story.partners[key].id for key in WITH_PEOPLE]
    heads = select(Person).where(
        Person.role == Role.PARTNER_ADMINISTRATOR, Person.partner_id.in_(companies)
    )
    for head in story.session.scalars(heads).all():
        _sign(story, texts[TextKind.AGREEMENT], head)


def _sign(story: Story, text: AgreementText, head: Person) -> None:
    at = story.now - timedelta(days=399)
    partner = next(one for one in story.partners.values() if one.id == head.partner_id)
    pdf = signed_text(
        SignedText(
            title=text.title,
            number="Version 1",
            vendor=Party("Adventure Works Cycles, Inc."),
            partner=Party(partner.name, [partner.number]),
            facts=[("Signed by", head.name), ("At", f"{at:%Y-%m-%d %H:%M:%S} UTC")],
            paragraphs=text.body.split("\n\n"),
        ),
        now=at,
    )
    story.session.add(
        Signature(
            partner_id=partner.id,
            text_id=text.id,
            person_id=head.id,
            typed_name=head.name,
            signed_at=at,
            address="192.0.2.10",
            browser="",
            pdf=pdf,
            sha256=hashlib.sha256(pdf).hexdigest(),
        )
    )


def _works_for_two(story: Story) -> None:
    """One address, one password, a row at each company; who signs in chooses one."""
    first: Person | None = None
    for number in TWO_COMPANIES:
        person = Person(
            email=TWO_COMPANIES_EMAIL,
            name="Cleo Marsh",
            role=Role.SELLER,
            partner_id=story.partners[number].id,
            account_id=first.id if first else None,
            password_hash=None if first else story.password_hash,
            time_zone="Europe/Berlin",
            created_at=story.now - timedelta(days=90),
        )
        story.session.add(person)
        story.session.flush()
        first = first or person


def _was_given_up(story: Story) -> None:
    """A mail about nobody: run again, it is done at once."""
    story.session.add(
        Job(
            topic="mail a password reset",
            key="mail a password reset of the demonstration",
            payload={"account": "nobody@nowhere.example"},
            run_at=story.now - timedelta(days=2),
            state=JobState.DEAD,
            attempts=8,
            last_error="OperationalError: could not connect to the database server",
        )
    )
