"""The study of what the scorer was fitted to, in small: its figures hold."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest


@pytest.fixture(scope="module")
def study() -> ModuleType:
    file = Path(__file__).parent / "beacon_study.py"
    spec = importlib.util.spec_from_file_location("beacon_study", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["beacon_study"] = module
    spec.loader.exec_module(module)
    return module


def test_figures_of_the_quick_study(study: ModuleType) -> None:
    found, chances = study.cells(study.QUICK, np.random.default_rng(study.SEED))
    figures = study.summary(study.QUICK, found)
    assert figures["recall, 12 or more events, jitter to 30 %, loss to 20 %"] >= 0.98
    assert figures["recall, 8 to 11 events, jitter to 20 %, loss to 20 %"] >= 0.85
    assert figures["area, 8 or more events, jitter to 30 %, loss to 20 %"] >= 0.995
    assert figures["lowest (our area - RITA's area) of all cells"] >= -0.01
    assert figures["mean recall, all cells: ours"] > figures["mean recall, all cells: RITA v5"]
    everything = np.concatenate(list(chances.values()))
    for level in (0.1, 0.01):
        assert np.mean(everything < level) <= 2 * level


def test_claims_are_seldom_wrong(study: ModuleType) -> None:
    for level, claimed, wrong in study.claims(study.QUICK, np.random.default_rng(4)):
        assert wrong <= max(1, 2 * level * claimed)
