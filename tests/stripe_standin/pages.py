"""The hosted pages: plain HTML with buttons, for browsers and for tests that press them.

A page is a function (world, key, pressed) -> (status, headers, body), under its first word.
"""

from collections.abc import Callable

from tests.stripe_standin.resources.accounts import become
from tests.stripe_standin.resources.invoices import pay
from tests.stripe_standin.world import World

Shown = tuple[int, dict[str, str], str]
PAGES: dict[str, Callable[[World, str, str | None], Shown]] = {}


def hosted(word: str) -> Callable:
    """Marks the function that shows /<word>/<key>; `pressed` is the button, None for a look."""

    def mark(function: Callable[[World, str, str | None], Shown]) -> Callable:
        PAGES[word] = function
        return function

    return mark


def html(title: str, body: str) -> Shown:
    page = f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
    page += f"</head><body><main><h1>{title}</h1>{body}</main></body></html>"
    return 200, {"Content-Type": "text/html; charset=utf-8"}, page


def onwards(url: str) -> Shown:
    return 303, {"Location": url}, ""


def button(key: str, word: str, label: str) -> str:
    return f'<button type="submit" name="press" value="{word}">{label}</button>'


@hosted("onboarding")
def onboarding(world: World, key: str, pressed: str | None) -> Shown:
    """Good for one visit and a short time; afterwards it leads to the refresh address."""
    link = world.find("link", key)
    if link is None:
        return 404, {"Content-Type": "text/plain"}, "No such page."
    if pressed == "finish":
        become(world, link["account"], "active")
    if pressed:
        return onwards(link["return_url"])
    if link["seen"] or world.now >= link["expires_at"]:
        return onwards(link["refresh_url"])
    link["seen"] = True
    buttons = button(key, "finish", "Agree and submit") + button(key, "later", "Come back later")
    return html("Set up your payouts", f'<form method="post">{buttons}</form>')


@hosted("invoice")
def invoice(world: World, key: str, pressed: str | None) -> Shown:
    """The invoice as the partner sees it."""
    found = world.find("invoice", key)
    if found is None:
        return 404, {"Content-Type": "text/plain"}, "No such page."
    if pressed == "pay":
        pay(world, key)
    status = found["status"]
    form = f'<form method="post">{button(key, "pay", "Pay")}</form>' if status == "open" else ""
    return html(
        f"Invoice {key}", f"<p>{found['amount_due']} {found['currency']}: {status}</p>{form}"
    )
