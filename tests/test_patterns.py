"""Patterns are compiled when they are first asked, and all that the tree holds can be."""

from __future__ import annotations

import ast
import re
import subprocess
import sys

import pytest

from iotwatch.patterns import regex
from tests import house


def test_a_pattern_answers_as_a_compiled_one() -> None:
    lazy, compiled = (
        regex(rb"(?P<key>[a-z]+)=(\d+)", re.IGNORECASE),
        re.compile(rb"(?P<key>[a-z]+)=(\d+)", re.IGNORECASE),
    )
    text = b"lat=1, LON=22"
    assert lazy.pattern == compiled.pattern
    for _ in range(2):
        assert [hit.groups() for hit in lazy.finditer(text)] == [hit.groups() for hit in compiled.finditer(text)]
        assert lazy.sub(rb"\1", text) == compiled.sub(rb"\1", text)
    assert (lazy.flags, lazy.groups, lazy.groupindex) == (compiled.flags, compiled.groups, compiled.groupindex)
    with pytest.raises(AttributeError):
        lazy.compile  # noqa: B018  # type: ignore[attr-defined]


def test_a_wrong_pattern_raises_at_first_use() -> None:
    wrong = regex("(")
    with pytest.raises(re.error, match="unterminated"):
        wrong.match("")


_ALL = """
import gc, importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
from iotwatch.patterns import regex
kind = type(regex(""))
patterns = [one for one in gc.get_objects() if type(one) is kind]
print(sum(one.groups >= 0 for one in patterns))
"""


def test_every_pattern_of_the_tree_compiles() -> None:
    command = [sys.executable, "-W", "error", "-c", _ALL, *sorted(house.modules().keys() - {"iotwatch.__main__"})]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 300


def test_no_module_compiles_patterns_as_it_loads() -> None:
    eager = []
    for name, path in house.modules().items():
        waiting: list[ast.AST] = [ast.parse(path.read_bytes())]
        while waiting:
            node = waiting.pop()
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                continue
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "re.compile":
                eager.append(f"{name}:{node.lineno}")
            waiting += ast.iter_child_nodes(node)
    assert eager == []
