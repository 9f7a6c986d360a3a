"""Drills: rows 24 to 34 of the bar at full size: `make drills`, `pytest tests/drills --drills`.

Each is named after its row (`-k row_27`) and prints its figures; docs/security.md keeps them.
"""
