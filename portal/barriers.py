"""What may stand before a page although its reader may see it: a proof, or a signature.

Raised by guards and views; the pages that mend it answer instead, and lead on afterwards.
"""

from __future__ import annotations

from portal import identity


class ProofNeeded(Exception):
    """What was asked for needs a proof of the last minutes that the person is there.

    The page that asks for it keeps what was typed and sends it on afterwards.
    """


class MustSign(Exception):
    """The portal is shut until something is signed."""


def must_be_fresh() -> None:
    """Raises ProofNeeded when the last proof is older than five minutes."""
    if not identity.is_fresh():
        raise ProofNeeded


def must_have_signed() -> None:
    """Raises MustSign while something that shuts the portal is unsigned."""
    if identity.must_sign():
        raise MustSign
