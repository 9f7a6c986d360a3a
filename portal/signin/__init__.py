"""Coming in and going out: sign-in, forgotten passwords, accepted invitations."""
