"""The first page of each role: what it must know and do now."""
