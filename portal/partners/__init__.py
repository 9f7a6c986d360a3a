"""Partner companies: as staff see them all, and as a partner sees its own."""
