"""The house stands: no circle, no import upwards, no file too long, and nothing declared that is not used."""

from __future__ import annotations

import ast

import pytest

from tests import house

LONGEST = 360  # 300 or so; the published schema of the report stands on one page
KNOWN = house.modules()
IMPORTS = house.imports(KNOWN)
USERS = house.third_party(IMPORTS)
# Extras that the program itself uses; the others are for its tests and checks.
EXTRAS = ("browse", "cluster", "country", "export", "parquet")


def floors() -> dict[str, int]:
    """The number of each floor, the lowest first, as the linter's contract draws the house."""
    (contract,) = (one for one in house.PROJECT["tool"]["importlinter"]["contracts"] if one["type"] == "layers")
    rows = [[name.strip() for name in row.split("|")] for row in contract["layers"]]
    return {name: number for number, names in enumerate(reversed(rows)) for name in names}


def test_no_circles() -> None:
    assert house.circles(house.edges(KNOWN, IMPORTS)) == []


def test_no_imports_upwards() -> None:
    """Two on one floor know nothing of each other either. ``iotwatch`` itself names public things from every floor."""
    floor = floors()
    wrong = []
    for one in IMPORTS:
        parts = one.target.split(".")
        if parts[0] != "iotwatch" or one.importer == "iotwatch":
            continue
        mine = one.importer.split(".")[1]
        if parts[1] != mine and (parts[1] not in floor or floor[mine] <= floor[parts[1]]):
            wrong.append(f"{one.importer}:{one.line} imports {one.target}")
    assert wrong == []


def test_the_linter_counts_type_only_imports_too() -> None:
    assert house.PROJECT["tool"]["importlinter"]["exclude_type_checking_imports"] is False


def test_every_kind_of_import_is_counted() -> None:
    source = """
import numpy as np
from iotwatch import files, read
if TYPE_CHECKING:
    from ..model import Cut
def late():
    from . import sibling
    import_module("datasette.app")
"""
    found = house.imported(ast.parse(source), "iotwatch.store.schema", package=False)
    assert [one.target for one in found] == [
        *("numpy", "iotwatch.files", "iotwatch.read", "iotwatch.model.Cut", "iotwatch.store.sibling", "datasette.app"),
    ]
    graph = {"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}, "e": set()}
    assert house.circles(graph) == [["b", "c"]]


def test_rows_are_selected_by_the_store_alone() -> None:
    for path in house.ROOT.joinpath("iotwatch").rglob("*.py"):
        # A database that stands in an image is a stranger's: its reader is one of ``unpack``.
        if path.relative_to(house.ROOT).parts[1] == "store" or path.match("unpack/archive/sqlite.py"):
            continue
        texts = (one.value for one in ast.walk(ast.parse(path.read_bytes())) if isinstance(one, ast.Constant))
        assert not [text for text in texts if isinstance(text, str) and "SELECT " in text], path


def test_files_are_short() -> None:
    lengths = {name: path.read_text().count("\n") for name, path in KNOWN.items()}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}


def test_declared_is_imported() -> None:
    extras = {module for extra in EXTRAS for module in house.declared(extra)}
    core = set(house.declared())
    assert not core & extras
    assert set(USERS) == core | extras


def test_extras_are_for_the_program_or_for_its_tests() -> None:
    assert set(house.PROJECT["project"]["optional-dependencies"]) == {*EXTRAS, "browser", "test", "check"}
    modules = house.modules("tests")
    of_tests = house.third_party(house.imports(modules))
    known = set(house.declared()) | {
        module for extra in (*EXTRAS, "browser", "test") for module in house.declared(extra)
    }
    assert set(of_tests) - {path.stem for path in modules.values()} <= known


@pytest.mark.parametrize("package", ["pyshark", "pybinwalk", "sqlite_utils", "ray"])
def test_what_may_be_exchanged_one_day_has_one_user(package: str) -> None:
    assert len(USERS.get(package, ())) == 1


def test_the_page_of_dependencies_is_true() -> None:
    """docs/dependencies.md has a row for each, and names the modules that import it (``python -m tests.house --write``)."""
    page = house.PAGE.read_text()
    table = page.split("## ")[0]
    rows = {line.split("|")[1].split("(")[0].strip() for line in table.splitlines() if line.startswith("| ")}
    named = set(house.declared().values()) | {name for extra in EXTRAS for name in house.declared(extra).values()}
    assert rows - {"dependency"} == named
    assert page == house.renewed(page), "run: python -m tests.house --write"
