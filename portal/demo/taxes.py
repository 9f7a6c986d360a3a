"""Taxes of the demonstration: forms on file, but for one partner whose form finance looks at."""

from __future__ import annotations

from datetime import date, timedelta

from models import files
from models.partners import Partner
from models.taxes import FormKind, FormStatus, TaxForm
from portal.demo.story import Story

WAITS = "122"
"""Off-Price Bike Center sent its form again this week."""


def keep_forms(story: Story, keys: set[str]) -> None:
    """For everybody who is paid: a vendor in the United States asks for a W-9 or W-8."""
    story.session.add_all(_form(story, story.partners[key]) for key in sorted(keys, key=int))
    if WAITS in keys:
        _send_again(story, story.partners[WAITS])


def _form(story: Story, partner: Partner) -> TaxForm:
    is_american = partner.country == "US"
    tin = f"{120_000_000 + int((partner.external_id or '0')[-6:]):09}"
    partner.tax_form = (FormKind.W9 if is_american else FormKind.W8BENE).value
    signed_on = date(story.today.year - 1, 3, 2)
    return TaxForm(
        partner_id=partner.id,
        kind=FormKind(partner.tax_form),
        status=FormStatus.ON_FILE,
        name=partner.name,
        tin_sealed=story.seal.close(tin) if is_american else None,
        tin_last4=tin[-4:] if is_american else "",
        signed_on=signed_on,
        valid_through=None if is_american else date(signed_on.year + 3, 12, 31),
        sent_at=story.now - timedelta(days=390),
        decided_at=story.now - timedelta(days=389),
    )


def _send_again(story: Story, partner: Partner) -> None:
    form = _form(story, partner)
    form.status, form.decided_at = FormStatus.WAITING, None
    form.sent_at = story.now - timedelta(days=2)
    story.session.add(form)
    story.session.flush()
    text = f"W-8BEN-E\n{partner.name}, {partner.country}\nSigned on {form.signed_on}\n"
    files.keep(
        story.session,
        files.Upload("W-8BEN-E.txt", text.encode()),
        about=("tax_form", form.id),
        partner_id=partner.id,
        private=True,
        by=story.sellers[WAITS],
        now=form.sent_at,
    )
