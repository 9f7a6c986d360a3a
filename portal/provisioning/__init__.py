"""SCIM 2.0: companies' directories keep their own people here; and the tokens for it."""
