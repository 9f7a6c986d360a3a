"""Sharing a deal in the browser: two partners, two pages, one split."""

from decimal import Decimal

from sqlalchemy import select

from models import commissions, wins
from models.commissions import CommissionLine
from models.partners import Partner
from models.people import SYSTEM
from models.wins import ShareState, SharingSide
from tests.models.test_commissions import DECEMBER


def side_of(session, partner_id) -> SharingSide:
    session.expire_all()
    return session.scalars(select(SharingSide).where(SharingSide.partner_id == partner_id)).one()


def test_from_the_proposal_to_the_agreement_each_sees_its_own_side(sign_in, session, a):
    deal = a.approved(customer_name="Kestrel Foods Ltd", partner=a.partner(name="Alpine Cycles"))
    other = a.partner(name="Velo Nord")
    me = sign_in(a.seller(session.get(Partner, deal.partner_id)))
    they, staff = sign_in(a.seller(other)), sign_in(a.manager())
    session.commit()
    path = f"/deals/{deal.id}/sharing"
    assert me.post(path, data={"named": "", "own_percent": "60"}).status_code == 422
    assert me.post(path, data={"named": "Velo Nord", "own_percent": "100"}).status_code == 422
    said = {"named": "Velo Nord", "own_percent": "62.5", "message": "In May."}
    assert me.post(path, data=said).status_code == 303
    assert "We look for the partner" in me.get(f"/deals/{deal.id}").text
    form = staff.get(f"{path}/offer").text
    assert "Velo Nord" in form and "62.5" in form
    chosen = {"fulfilling": str(other.id), "registering_percent": "62.5"}
    assert staff.post(f"{path}/offer", data=chosen).status_code == 303
    theirs = side_of(session, other.id)
    page = they.get(f"/shared-deals/{theirs.id}").text
    assert "37.5%" in page and "62.5" not in page and "In May." in page
    for secret in ("Alpine", "Kestrel", deal.number):
        assert secret not in page + they.get("/shared-deals").text
    assert they.post(f"/shared-deals/{theirs.id}/agreement").status_code == 303
    assert they.post(f"/shared-deals/{theirs.id}/agreement").status_code == 303
    assert side_of(session, other.id).state is ShareState.AGREED
    page = they.get(f"/shared-deals/{theirs.id}").text
    assert "Alpine Cycles" in page and "Kestrel Foods Ltd" in page
    mine = side_of(session, deal.partner_id)
    page = me.get(f"/shared-deals/{mine.id}").text
    assert "Velo Nord" in page and "62.5%" in page and "37.5" not in page
    assert "Velo Nord" in me.get("/shared-deals/export?as=csv").text


def test_whoever_is_offered_may_refuse_and_the_deal_goes_on(sign_in, session, a):
    deal, other = a.approved(), a.partner()
    staff, they = sign_in(a.manager()), sign_in(a.seller(other))
    session.commit()
    chosen = {"fulfilling": str(other.id), "registering_percent": "50"}
    assert staff.post(f"/deals/{deal.id}/sharing/offer", data=chosen).status_code == 303
    theirs = side_of(session, other.id)
    path = f"/shared-deals/{theirs.id}/refusal"
    assert they.post(path, data={"text": ""}).status_code == 422
    assert they.post(path, data={"text": "No capacity."}).status_code == 303
    assert "No capacity." not in they.get("/shared-deals").text
    assert side_of(session, other.id).state is ShareState.ENDED


def test_a_third_partner_and_each_other_reach_nothing_by_id(sign_in, session, a):
    deal, other = a.approved(), a.partner()
    mine = sign_in(a.seller(session.get(Partner, deal.partner_id)))
    they, third = sign_in(a.seller(other)), sign_in(a.seller(a.partner()))
    staff = sign_in(a.manager())
    session.commit()
    chosen = {"fulfilling": str(other.id), "registering_percent": "50"}
    staff.post(f"/deals/{deal.id}/sharing/offer", data=chosen)
    sides = {who: side_of(session, who).id for who in (deal.partner_id, other.id)}
    walks = [(third, sides[other.id]), (third, sides[deal.partner_id])]
    walks += [(they, sides[deal.partner_id]), (mine, sides[other.id])]
    for client, side_id in walks:
        assert client.get(f"/shared-deals/{side_id}").status_code == 404
        for verb in ("agreement", "refusal"):
            answer = client.post(f"/shared-deals/{side_id}/{verb}", data={"text": "No, thanks."})
            assert answer.status_code == 404
    for client in (they, third):
        for path in ("", "/sharing", "/sharing/end", "/win"):
            assert client.post(f"/deals/{deal.id}{path}").status_code in (404, 405)
        assert client.get(f"/deals/{deal.id}/sharing/offer").status_code == 403
    assert side_of(session, other.id).state is ShareState.OFFERED


def test_the_fulfilling_partner_reads_its_commission_and_nothing_of_the_other(sign_in, session, a):
    a.plan()
    deal = a.approved(partner=a.partner(name="Alpine Cycles"), value=10_000_00)
    other = a.partner(name="Velo Nord")
    seller = a.seller(other)
    wins.offer(
        session, deal, fulfilling_id=other.id, registering_percent=Decimal(60),
        by=a.decider(), now=a.now,
    )  # fmt: skip
    for partner_id, by in ((deal.partner_id, a.registrant(deal)), (other.id, seller.actor())):
        wins.agree(session, side_of(session, partner_id), by=by, now=a.now)
    a.order(deal, number="PO-4711")
    invoice = a.invoice(deal=deal, net=10_000_00, number="INV-4711")
    a.payment(invoice)
    a.rate_all()
    commissions.close_month(session, "2026-11", by=SYSTEM, now=DECEMBER)
    session.commit()
    they = sign_in(seller)
    own = select(CommissionLine).where(CommissionLine.partner_id == other.id)
    [line] = session.scalars(own).all()
    paths = [
        "/commissions?view=all",
        "/commissions/export?as=csv&view=all",
        f"/commissions/{line.id}",
        f"/statements/{line.statement_id}",
    ]
    for path in paths:
        answer = they.get(path)
        assert answer.status_code == 200, path
        assert "400" in answer.text and "600.00" not in answer.text, path
        for secret in ("Alpine", deal.number, "INV-4711", "PO-4711", str(deal.partner_id)):
            assert secret not in answer.text, (path, secret)
        assert f"/deals/{deal.id}" not in answer.text, path
    for path in (f"/deals/{deal.id}", f"/invoices/{invoice.id}"):
        assert they.get(path).status_code == 404
