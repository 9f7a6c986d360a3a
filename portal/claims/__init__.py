"""Claims, as partners draw them up and as managers decide and follow them."""
