"""The one shape of a step on a deal: judge the form, do it, say so, go back.

A form that lacks something, and a refusal by the business, are answered with the form on a page
of its own, everything kept.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, render_template, request, url_for
from werkzeug import Response

from models.deals import Deal
from portal.agreeing import agreed
from portal.deals.blueprint import back_to

Answer = Response | tuple[str, int]


def step(
    deal: Deal,
    form: Any,
    title: str,
    submit: str,
    do: Callable[[], object],
    said: Any,
    back: Callable[[Deal], Response] = back_to,
) -> Answer:
    """Do it when the form is whole, then go back; otherwise the form again.

    title, submit: of the page with the form; said: the toast, once it is done.
    """
    if not agreed(form, do):
        return asked_again(title, submit, form, deal)
    flash(said)
    return back(deal)


def with_the_way_back(deal: Deal, text: str) -> Any:
    """A toast that offers to undo what was decided, for as long as that is open."""
    back: dict[str, Any] = {
        name: request.form[name] for name in ("back", "query") if name in request.form
    }
    return {"text": text, "undo": url_for("deals.undo", deal_id=deal.id, **back)}


def asked_again(title: str, submit: str, form: Any, deal: Deal) -> tuple[str, int]:
    """The form on a page of its own, with what is to be mended; works without script."""
    page = render_template(
        "deals/one_form.html", title=title, submit=submit, form=form, deal=deal, kept=_kept()
    )
    return page, 422


def _kept() -> dict[str, str]:
    return {name: request.form[name] for name in ("back", "next", "query") if name in request.form}
