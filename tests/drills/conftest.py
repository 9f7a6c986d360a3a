"""Drills take minutes and a machine for themselves: only who asks for them gets them."""

from pathlib import Path

import pytest


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    is_drill = collection_path.name.startswith("test_") and not config.getoption("--drills")
    return True if is_drill else None
