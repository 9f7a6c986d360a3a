"""Our own sales people at customers, as staff record and see it."""
