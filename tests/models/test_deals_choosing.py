"""The customer's choice of partner in writing: two managers, and nobody learns too much."""

import pytest
from sqlalchemy import select

from models import deals, files
from models.deals import ChoiceKind, DealNote, DealStatus
from models.deals.operations.choosing import LETTER as ABOUT_LETTER
from models.errors import Refused
from models.files import Upload
from models.notices import Notice
from models.scope import Scope, open_session

LETTER = Upload("letter.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")


@pytest.fixture
def ines(a):
    """A second channel manager."""
    a.programme()
    return a.manager(name="Ines Weber").actor()


def name(session, a, deal, by=None, kind=ChoiceKind.TRANSFER):
    choice = deals.name_choice(
        session, deal, kind=kind, letter=LETTER, note="Signed by the board.",
        by=by or a.registrant(deal), now=a.now,
    )  # fmt: skip
    session.flush()
    return choice


def test_the_customers_choice_moves_the_protection_with_two_managers(session, a, ines):
    loser = a.approved(customer_name="Kestrel Foods Ltd")
    chosen = a.submitted(customer_name="Kestrel Foods Ltd")
    choice = name(session, a, chosen)
    rosa = a.decider()
    with pytest.raises(Refused, match="A first manager has to back"):
        deals.confirm_choice(session, chosen, choice, by=rosa, now=a.now)
    deals.back_choice(session, chosen, choice, by=rosa, now=a.now)
    with pytest.raises(Refused, match="You backed this letter yourself"):
        deals.confirm_choice(session, chosen, choice, by=rosa, now=a.now)
    assert loser.status is DealStatus.APPROVED
    deals.confirm_choice(session, chosen, choice, by=ines, now=a.now)
    assert (loser.status, chosen.status) == (DealStatus.REVOKED, DealStatus.APPROVED)
    with pytest.raises(Refused, match="Ines Weber has decided about this letter already"):
        deals.confirm_choice(session, chosen, choice, by=rosa, now=a.now)


def test_the_loser_is_told_that_the_customer_chose_and_never_whom(session, a, ines):
    loser = a.approved(customer_name="Kestrel Foods Ltd")
    winner = a.partner(name="Summit Traders")
    chosen = a.submitted(partner=winner, customer_name="Kestrel Foods Ltd")
    choice = name(session, a, chosen, by=a.decider())
    deals.confirm_choice(session, chosen, choice, by=ines, now=a.now)
    told = session.scalars(select(Notice).where(Notice.partner_id == loser.partner_id)).all()
    story = deals.story_of(session, loser.id, with_notes=False)
    read = " ".join([*(f"{one.title} {one.body}" for one in told), *(e.note for e in story)])
    assert "asked us in writing to work with somebody else" in read
    for secret in ("Summit Traders", chosen.number, str(chosen.value.major)):
        assert secret not in read


def test_a_letter_is_for_its_partner_and_the_vendor_alone(session, a, engine, ines):
    loser = a.approved(customer_name="Kestrel Foods Ltd")
    chosen = a.submitted(customer_name="Kestrel Foods Ltd")
    choice = name(session, a, chosen)
    session.commit()
    for partner_id, count in ((loser.partner_id, 0), (chosen.partner_id, 1)):
        with open_session(engine, Scope.partner(partner_id)) as theirs:
            assert len(files.attached(theirs, ABOUT_LETTER, choice.id)) == count


def test_a_release_is_the_vendors_secret_until_it_is_confirmed(session, a, ines):
    deal = a.approved(customer_name="Kestrel Foods Ltd")
    with pytest.raises(Refused, match="only the vendor's staff begin it"):
        name(session, a, deal, kind=ChoiceKind.RELEASE)
    choice = name(session, a, deal, by=a.decider(), kind=ChoiceKind.RELEASE)
    verbs = [event.verb for event in deals.story_of(session, deal.id, with_notes=False)]
    assert verbs == ["draft", "submit", "approve"]
    assert session.scalars(select(DealNote.verb)).all() == ["name_choice"]
    deals.confirm_choice(session, deal, choice, by=ines, now=a.now)
    assert deal.status is DealStatus.REVOKED
    free = a.submitted(customer_name="Kestrel Foods Ltd")
    deals.approve(session, free, by=a.decider(), now=a.now)


def test_a_letter_that_does_not_hold_changes_nothing(session, a, ines):
    loser = a.approved(customer_name="Kestrel Foods Ltd")
    chosen = a.submitted(customer_name="Kestrel Foods Ltd")
    choice = name(session, a, chosen)
    deals.decline_choice(session, chosen, choice, text="No signature.", by=ines, now=a.now)
    assert (loser.status, chosen.status) == (DealStatus.APPROVED, DealStatus.SUBMITTED)
    again = name(session, a, chosen)
    assert again.id != choice.id, "a better letter may follow"
