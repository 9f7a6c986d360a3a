"""A month closed by two people in the portal, and the worker that states it."""

import re

from portal import worker


def seen_on(page: str) -> str:
    """The hash of the amounts that the page shows."""
    return re.search(r'name="seen" value="(\w+)"', page).group(1)


def propose(browser, month="2026-11", **said):
    """Propose to close it early, after looking."""
    browser.post(f"/months/{month}/preparation")
    sent = {"sure": "y", "early": "y", "seen": seen_on(browser.get(f"/months/{month}").text)}
    return browser.post(f"/months/{month}/proposal", data=sent | said, follow_redirects=True)


def confirm(browser, month="2026-11"):
    page = browser.get(f"/months/{month}").text
    address = re.search(r"/close-proposals/[0-9a-f-]{36}/confirmation", page).group()
    return browser.post(address, data={"seen": seen_on(page)}, follow_redirects=True)


def work(app, session):
    """Whatever waits for the worker."""
    session.commit()
    with app.app_context():
        while worker.once(app):
            pass
    session.expire_all()


def close_by_two(app, one, other, month="2026-11"):
    propose(one, month)
    confirm(other, month)
    work(app, one.session)
