"""Fixtures that many tests share: the corpus' folder, and the programs of the system."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.corpus import FOLDER

# Whoever runs the tests may have signatures of his own: they are not what is tested.
os.environ["XDG_CONFIG_HOME"] = str(Path(__file__).parent / "no-settings")
os.environ.pop("IOTWATCH_SIGNATURES", None)


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Folder of the development corpus, from ``IOTWATCH_CORPUS`` or beside the checkout; skips where it is absent."""
    if not FOLDER.is_dir():
        pytest.skip("the development corpus is not here (set IOTWATCH_CORPUS to its folder)")
    return FOLDER


@pytest.fixture(scope="session")
def program():
    """A function that gives the path of a program, or skips the test with its name."""

    def find(name: str) -> str:
        found = shutil.which(name)
        if found is None:
            pytest.skip(f"the program {name} is not installed")
        return found

    return find
