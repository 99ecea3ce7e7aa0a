"""Every kind of observation that is looked for is written, and every one that is written is looked for or kept on purpose."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import iotwatch
from iotwatch.words.kinds import FOR_LATER, Kind

_ROOT = Path(iotwatch.__file__).parent
_WRITERS = ("decode", "observe")
_IN_SQL = re.compile(r"kind (?:=|IN) \(?'[^)]*'")
_QUOTED = re.compile(r"'([a-z0-9.-]+)'")
# Fields of signatures and measures are words of their own, some of them alike.
_OTHER_WORDS = ("signatures/", "words/")
_BARE = {kind.value for kind in Kind if "." in kind.value}
# The first argument of these is a kind; words without a dot may be anything elsewhere.
_TAKES_KIND = {"Trait", "Statement", "Number", "Identity", "wants"}


@cache
def _trees() -> tuple[tuple[str, ast.Module], ...]:
    """Every module but the table itself, by its name within the package."""
    paths = {path.relative_to(_ROOT).as_posix(): path for path in sorted(_ROOT.rglob("*.py"))}
    del paths["words/kinds.py"]
    return tuple((name, ast.parse(path.read_text(encoding="utf-8"))) for name, path in paths.items())


def _named(tree: ast.AST) -> list[str]:
    """Members of the enum that are named below a node, as often as they are."""
    return [
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Kind"
    ]


def _called(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _compared(tree: ast.Module) -> list[str]:
    """Members that a writer itself looks for: in comparisons, and in sets, which nothing is written from."""
    looks = [node for node in ast.walk(tree) if isinstance(node, ast.Compare) or _called(node) == "frozenset"]
    return [name for node in looks for name in _named(node)]


def _asked_in_sql(tree: ast.Module) -> set[str]:
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    asked = {value for text in texts for found in _IN_SQL.finditer(text) for value in _QUOTED.findall(found[0])}
    return {kind.name for kind in Kind if kind.value in asked}


def _words() -> tuple[set[str], set[str]]:
    """Members that are written, and those that are looked for."""
    written: set[str] = set()
    sought: set[str] = set()
    for name, tree in _trees():
        folder = name.split("/")[0]
        if folder in _WRITERS:
            named, compared = Counter(_named(tree)), Counter(_compared(tree))
            written |= set(named - compared)
            sought |= set(compared)
        elif folder != "words":
            sought |= set(_named(tree)) | _asked_in_sql(tree)
    return written, sought


def test_every_word_that_is_looked_for_is_written() -> None:
    written, sought = _words()
    assert sought - written == set()


def test_every_word_that_is_written_is_looked_for_or_kept_for_later() -> None:
    written, sought = _words()
    later = {kind.name for kind in FOR_LATER}
    assert written - sought - later == set()
    assert later & sought == set(), "a word that is looked for is no longer kept for later"


def test_every_word_of_the_table_is_used() -> None:
    written, _ = _words()
    assert {kind.name for kind in Kind} - written == set()


def test_kinds_are_named_and_never_spelled() -> None:
    spelled = []
    for name, tree in _trees():
        if name.startswith(_OTHER_WORDS):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and node.value in _BARE:
                spelled.append(f"{name}:{node.lineno} {node.value}")
            if _called(node) in _TAKES_KIND:
                first = next(iter(getattr(node, "args", ())), None)
                if isinstance(first, ast.Constant | ast.JoinedStr):
                    spelled.append(f"{name}:{node.lineno} {ast.unparse(first)}")
    assert spelled == []
