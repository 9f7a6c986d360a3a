"""What everybody may know of the demonstration: the secret that all its code apps share.

It opens only accounts that were made with it, and is shown only where DEMO says that this
is the demonstration.
"""

TOTP_SECRET = "COUNTERPARTDEMONSTRATION23456722"
