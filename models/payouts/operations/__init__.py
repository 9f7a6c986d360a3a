"""What can happen to payouts: prepared, released, handed over, paid or failed."""
