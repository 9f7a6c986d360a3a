"""Several workers at once, as processes of their own: each payout is one transfer.

The clock of a worker that has nothing to do runs ahead, so leases overlap here as well.
"""

import os
import traceback
from collections import Counter

from tests.stripe.crashing import FINISHED, connect
from tests.stripe.crashing import work_until_done as work

WORKERS, PAYOUTS = 4, 400


def test_four_workers_send_four_hundred_payouts_each_once(story):
    accounts = [story.world.active_account() for _ in range(20)]
    for number in range(PAYOUTS):
        story.partner(50_00 + number, account=accounts[number % len(accounts)])
    story.release()
    connect(story)
    story.session.close()
    story.app.extensions["engine"].dispose()
    children = []
    for _ in range(WORKERS):
        child = os.fork()
        if child == 0:
            ended = 1
            try:
                work(story, most=2000)
                ended = FINISHED
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(ended)
        children.append(child)
    ended = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    assert ended == [FINISHED] * WORKERS
    assert Counter(story.states()) == {"paid": PAYOUTS}
    assert len(story.world.transfers()) == PAYOUTS <= story.calls()
    assert story.run_status() == "closed"
