"""Replay: a plan, deals and events from a file run through the real operations.

The session is one of a scratch database; the answer has the format of `expected` in
tests/golden/commissions.json.  Finance uses it to try a plan.
"""

from models.commissions.replay.running import replay

__all__ = ["replay"]
