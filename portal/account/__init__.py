"""One's own account: name, language, password and the sessions that are open."""
