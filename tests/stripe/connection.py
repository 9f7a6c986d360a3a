"""A portal that is connected to the stand-in: what its worker does, and what it has found."""

from sqlalchemy import select

from models.payouts import provider
from models.payouts.provider import ProviderEvent
from portal import worker
from portal.payouts import stripe_looking

OLD, NEW = "whsec_of_last_year", "whsec_of_this_year"
THIN = "whsec_of_this_year"


def work(story, most=30):
    """What the worker does until nothing is due."""
    for _ in range(most):
        story.session.rollback()
        with story.app.app_context():
            if not worker._one_job():
                break
    story.session.expire_all()


def compare(story):
    """A comparison, as the worker makes it at night."""
    story.session.rollback()
    with story.app.app_context():
        assert stripe_looking.compare({}) is None
    story.session.expire_all()
    return provider.last_comparison(story.session)


def events(story):
    return story.session.scalars(select(ProviderEvent).order_by(ProviderEvent.id)).all()


def differences(story):
    return [row.words for row in provider.open_differences(story.session)]


def paid(story, *amounts):
    story.released(*amounts)
    story.drain()
    assert set(story.states()) == {"paid"}
    return story
