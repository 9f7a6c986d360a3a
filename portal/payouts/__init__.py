"""Pages, files and commands about payouts."""
