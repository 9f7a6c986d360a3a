"""The paper of a signature: the whole text, who signed it, when and from where."""

from __future__ import annotations

from datetime import datetime

from models.agreements import AgreementText
from models.partners import Partner
from models.people import Actor
from models.vendor import Vendor
from portal import documents
from portal.documents import Party, SignedText


def paper_of(
    text: AgreementText,
    typed: str,
    by: Actor,
    *,
    house: Vendor,
    partner: Partner,
    address: str,
    now: datetime,
) -> bytes:
    return documents.signed_text(
        SignedText(
            title=text.title,
            number=f"Version {text.version}",
            vendor=Party(house.legal_name or house.name),
            partner=Party(partner.legal_name or partner.name, [partner.number]),
            facts=[
                ("Signed by", typed),
                ("Account", by.email),
                ("At", f"{now:%Y-%m-%d %H:%M:%S} UTC"),
                ("From", address or "–"),
            ],
            paragraphs=[part.strip() for part in text.body.split("\n\n") if part.strip()],
        ),
        now=now,
    )
