"""The study behind ``docs/beacons.md``, in small: its figures hold, and its generators share no code with what they judge."""

from __future__ import annotations

import ast
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

FOLDER = Path(__file__).parent / "beacons_apart"


@pytest.fixture(scope="module")
def study() -> ModuleType:
    spec = importlib.util.spec_from_file_location("beacons_apart_study", FOLDER / "study.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["beacons_apart_study"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["clocks", "others"])
def test_generators_stand_apart(name: str) -> None:
    tree = ast.parse((FOLDER / f"{name}.py").read_text())
    named = {one.module for one in ast.walk(tree) if isinstance(one, ast.ImportFrom)}
    named |= {alias.name for one in ast.walk(tree) if isinstance(one, ast.Import) for alias in one.names}
    assert named <= {"__future__", "collections.abc", "typing", "numpy", "numpy.typing"}


def test_figures_of_the_quick_study(study: ModuleType) -> None:
    random = np.random.default_rng(study.SEED)
    plan = study.Plan(80, 20, 0)
    cells = [study.cell(plan, length, random) for length in study.LENGTHS]
    ours, rita = (study.figures(cells, name) for name in ("iotwatch", "RITA v5"))
    assert ours["area"] >= 0.99
    assert ours["recall, 12 or more contacts"] >= 0.93
    assert all(ours[name] > rita[name] for name in ours)
    chances = np.concatenate(
        [study.scored([study.drawn(kind, random, 900) for _ in range(20)], 900).single for kind in study.KINDS]
    )
    for level in (0.1, 0.01):
        assert np.mean(chances < level) <= level
