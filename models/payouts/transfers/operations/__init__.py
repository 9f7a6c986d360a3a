"""What can happen to transfers: claimed, called, settled, looked for, adopted, reversed."""
