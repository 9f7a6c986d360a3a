"""Single sign-on: setting up a company's provider, and coming in through it."""
