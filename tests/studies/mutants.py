"""Small faults put into the program, to see whether the tests notice: a seeded set, each tried against its related tests alone.

    python -m tests.studies.mutants [--count 80] [--seed 12] [--jobs 2] [--seconds 240] [--only PATTERN] [--list] [--write]

prints one line per mutant and the share that died; ``--write`` puts the same into ``docs/mutants.md``, ``--list`` tries nothing.

Mutants are shared out over the folders of ``iotwatch/`` in proportion to their lines, and in a folder over the kinds in turn.
Within a kind the lowest hash of seed, function and text wins, so that a change elsewhere leaves the set as it is. Related are the
test files of the module's own name in the mirrored folder, and those that import the module; where there is neither, those of
the mirrored folder and of the modules that import it. Each is tried in a copy of the tree. A mutant that runs
longer than the limit without a failing test has survived.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from queue import SimpleQueue

from tests.corpus import FOLDER
from tests.house import ROOT, edges, imported, imports, inside, modules

PAGE = ROOT / "docs" / "mutants.md"
COPIED = (
    "iotwatch",
    "tests",
    "signatures",
    "captures",
    "docs",
    "pyproject.toml",
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
)
KINDS = ("comparison", "and/or", "not", "one off", "factor", "return", "arguments")
FACTOR = 1.5
_EITHER_WAY = frozenset({"max", "min", "isinstance"})
"""Calls whose arguments in another order say the same, or nothing at all."""
_FLIPPED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip

# What nobody could see the difference of, by a mutant's key or by how its line begins: the reason for each.
EQUIVALENT: dict[str, str] = {
    "@lru_cache(": "how many answers are kept changes the speed and nothing else",
}


@dataclass(frozen=True)
class Mutant:
    """One change of one file: the text of a node becomes another."""

    module: str
    path: Path
    where: str
    line: int
    kind: str
    span: tuple[int, int]
    before: str
    after: str
    key: str
    text: str

    def __str__(self) -> str:
        return f"{self.key} {self.path.relative_to(ROOT)}:{self.line} {self.kind}: {self.before} -> {self.after}"

    def applied(self, text: bytes) -> bytes:
        """The file's text with the change in it."""
        return text[: self.span[0]] + self.after.encode() + text[self.span[1] :]


@dataclass(frozen=True)
class Result:
    mutant: Mutant
    outcome: str
    seconds: float
    tests: int
    by: str = ""


def _changes(node: ast.AST) -> Iterator[tuple[str, ast.expr, str]]:
    """Kind, the expression that is changed, and its new text."""
    match node:
        case ast.Compare(ops=[operator]):
            turned = ast.Compare(node.left, [_FLIPPED[type(operator)]()], node.comparators)
            yield "comparison", node, f"({ast.unparse(turned)})"
        case ast.BoolOp():
            other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            yield "and/or", node, f"({ast.unparse(ast.BoolOp(other, node.values))})"
        case ast.UnaryOp(op=ast.Not()):
            yield "not", node, f"({ast.unparse(node.operand)})"
        case ast.Constant(value=bool()):
            pass
        case ast.Constant(value=int() as value):
            yield "one off", node, str(value + 1)
            if abs(value) > 2:
                yield "factor", node, str(round(value * FACTOR))
        case ast.Constant(value=float() as value):
            yield "factor", node, repr(value * FACTOR if value else 1.0)
        case ast.Return(value=ast.expr() as value) if not (isinstance(value, ast.Constant) and not value.value):
            empty = {ast.Tuple: "()", ast.List: "[]", ast.Dict: "{}"}.get(type(value), "None")
            yield "return", value, "None" if empty == ast.unparse(value) else empty
        case ast.Call(args=[first, second, *_]) if (
            ast.dump(first) != ast.dump(second) and ast.unparse(node.func) not in _EITHER_WAY
        ):
            if not any(isinstance(one, ast.Starred) for one in (first, second)):
                arguments = [second, first, *node.args[2:]]
                yield "arguments", node, ast.unparse(ast.Call(node.func, arguments, node.keywords))


def _code(node: ast.AST, where: str) -> Iterator[tuple[ast.AST, str]]:
    """Every node that runs, with the function that it stands in: no annotations, no texts in f-strings, no type-only blocks."""
    if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
        return
    yield node, where
    inner = f"{where}.{node.name}".strip(".") if isinstance(node, ast.FunctionDef | ast.ClassDef) else where
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "type_params"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _code(child, inner)


def candidates(module: str, path: Path, seed: int) -> Iterator[Mutant]:
    """Every mutant of one file."""
    text = path.read_bytes()
    lines = text.splitlines(keepends=True)
    starts = list(accumulate(map(len, lines), initial=0))
    twins: dict[str, int] = defaultdict(int)
    for node, where in _code(ast.parse(text), ""):
        for kind, changed, after in _changes(node):
            span = tuple(
                starts[line - 1] + column
                for line, column in ((changed.lineno, changed.col_offset), (changed.end_lineno, changed.end_col_offset))
            )
            before = " ".join(text[span[0] : span[1]].decode().split())
            label = f"{seed}|{module}|{where}|{kind}|{before}"
            twins[label] += 1
            key = hashlib.sha256(f"{label}|{twins[label]}".encode()).hexdigest()[:10]
            line = lines[changed.lineno - 1].decode().strip()
            yield Mutant(module, path, where, changed.lineno, kind, span, before, after, key, line)


def chosen(seed: int, count: int) -> list[Mutant]:
    """The seeded set: ``count`` mutants over all folders."""
    lines: dict[str, int] = defaultdict(int)
    found: dict[str, dict[str, list[Mutant]]] = defaultdict(lambda: defaultdict(list))
    for module, path in modules().items():
        folder = path.relative_to(ROOT / "iotwatch").parts[0] if path.parent != ROOT / "iotwatch" else ""
        lines[folder] += path.read_text().count("\n")
        for mutant in candidates(module, path, seed):
            if not any(mutant.key == rule or mutant.text.startswith(rule) for rule in EQUIVALENT):
                found[folder][mutant.kind].append(mutant)
    return [one for folder, share in _shares(lines, count).items() for one in _by_turns(found[folder], share)]


def _shares(lines: dict[str, int], count: int) -> dict[str, int]:
    """Seats in proportion (largest remainder), at least one for each folder."""
    exact = {folder: count * size / sum(lines.values()) for folder, size in lines.items()}
    shares = {folder: max(1, int(share)) for folder, share in exact.items()}
    for folder in sorted(exact, key=lambda name: exact[name] - int(exact[name]), reverse=True):
        if sum(shares.values()) < count:
            shares[folder] += 1
    return shares


def _by_turns(kinds: dict[str, list[Mutant]], count: int) -> list[Mutant]:
    """The lowest hashes, one kind after the other; no function twice as long as there are others."""
    queues = {kind: sorted(kinds[kind], key=lambda one: one.key) for kind in KINDS if kinds.get(kind)}
    # A folder with one seat must not always be asked for a comparison.
    order = sorted(queues, key=lambda kind: queues[kind][0].key)
    taken: list[Mutant] = []
    while order and len(taken) < count:
        for kind in list(order):
            places = {(one.module, one.where) for one in taken}
            fresh = [one for one in queues[kind] if (one.module, one.where) not in places]
            if not fresh:
                order.remove(kind)
            elif len(taken) < count:
                taken.append(fresh[0])
    return taken


class Related:
    """Which test files are about a module."""

    def __init__(self) -> None:
        known = modules()
        self._graph = edges(known, imports(known))
        self._files = {path.relative_to(ROOT).as_posix(): path for path in (ROOT / "tests").rglob("test_*.py")}
        self._imports = {
            name: {
                target
                for one in imported(ast.parse(path.read_text()), "tests", package=False)
                if (target := inside(one.target, known)) is not None
            }
            for name, path in self._files.items()
            if "browser" not in name
        }

    def files(self, mutant: Mutant) -> list[str]:
        """Test files, the nearest first."""
        here = mutant.path.relative_to(ROOT / "iotwatch").with_suffix("")
        stem = here.parent.name if here.name == "__init__" else here.name
        folder = f"tests/{here.parent.as_posix()}/".replace("/./", "/")
        mirrored = [name for name in self._imports if name.startswith(folder)]
        named = [name for name in mirrored if _alike(stem, Path(name).stem.removeprefix("test_"))]
        named += [
            name
            for name in self._imports
            if name == f"{folder.rstrip('/').rpartition('/')[0]}/test_{here.parent.name}.py"
        ]
        direct = [name for name, targets in self._imports.items() if mutant.module in targets]
        reached = {mutant.module}
        while not named and not direct:
            # Nobody asks for it by name: those that ask for what uses it, and the tests of its folder.
            users = {module for module, targets in self._graph.items() if targets & reached} - reached
            if not users:
                break
            named = [name for name in mirrored if "/" not in name.removeprefix(folder)]
            direct = [name for name, targets in self._imports.items() if targets & users]
            reached |= users
        return list(
            dict.fromkeys([*sorted(named), *sorted(direct, key=lambda name: (not name.startswith(folder), name))])
        )


def _alike(module: str, test: str) -> bool:
    """Whether a test file is named after a module, or the one after the family of the other: ``gt06_cells`` and ``gt06``."""
    return module.rstrip("s") == test.rstrip("s") or module.startswith(f"{test}_") or test.startswith(f"{module}_")


def _copy(folder: Path) -> Path:
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            shutil.copy2(source, folder / name)
    return folder


def attempt(mutant: Mutant, tests: list[str], tree: Path, seconds: float) -> Result:
    """Run the related tests on a mutated copy; the copy is as it was afterwards."""
    if not tests:
        return Result(mutant, "survived: no test", 0.0, 0)
    target = tree / mutant.path.relative_to(ROOT)
    original, stamp = target.read_bytes(), target.stat()
    # CI: Hypothesis draws the same every time, and a slow machine kills no mutant.
    environment = {**os.environ, "PYTHONPATH": str(tree), "IOTWATCH_CORPUS": str(FOLDER), "CI": "1"}
    options = ("-x", "-q", "--no-header", "-p", "no:cacheprovider", "-p", "no:randomly", "--timeout=90")
    started = time.monotonic()
    with tempfile.TemporaryFile("w+") as output:
        try:
            target.write_bytes(mutant.applied(original))
            with subprocess.Popen(
                [sys.executable, "-m", "pytest", *options, *tests],
                cwd=tree,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            ) as process:
                try:
                    code = process.wait(seconds)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, 9)
                    code = None
        finally:
            target.write_bytes(original)
            os.utime(target, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
        output.seek(0)
        by = re.search(r"^(?:FAILED|ERROR) (\S+)", output.read(), re.MULTILINE)
    outcome = "survived: too slow" if code is None else "survived" if code in (0, 5) else "killed"
    return Result(mutant, outcome, time.monotonic() - started, len(tests), by[1] if by else "")


def run(mutants: list[Mutant], jobs: int, seconds: float) -> Iterator[Result]:
    """Try all; results come as they are known."""
    related = Related()
    with tempfile.TemporaryDirectory(prefix="iotwatch-mutants-") as scratch:
        trees: SimpleQueue[Path] = SimpleQueue()
        for number in range(jobs):
            trees.put(_copy(Path(scratch) / str(number)))

        def one(mutant: Mutant) -> Result:
            tree = trees.get()
            try:
                return attempt(mutant, related.files(mutant), tree, seconds)
            finally:
                trees.put(tree)

        with ThreadPoolExecutor(jobs) as pool:
            yield from pool.map(one, mutants)


def page(results: list[Result], seed: int) -> str:
    """The results as Markdown."""
    killed = sum(one.outcome == "killed" for one in results)
    lines = [
        "# Mutants",
        "",
        f"Seed {seed}: {killed} of {len(results)} small faults ({killed / len(results):.1%}) are noticed by the module's tests. "
        "How they are chosen and tried: `tests/studies/mutants.py`, which wrote this page.",
        "",
        "| where | kind | before | after | outcome |",
        "|---|---|---|---|---|",
    ]
    for one in results:
        mutant = one.mutant
        shown = [text.replace("|", "\\|")[:70] for text in (mutant.before, mutant.after)]
        path = mutant.path.relative_to(ROOT / "iotwatch")
        told = f"{one.outcome} by `{one.by.removeprefix('tests/')}`" if one.by else one.outcome
        lines.append(f"| `{path}` {mutant.where} | {mutant.kind} | `{shown[0]}` | `{shown[1]}` | {told} |")
    if EQUIVALENT:
        lines += ["", "Left out, since nobody could see the difference:", ""]
        lines += [f"- `{key}`: {reason}" for key, reason in EQUIVALENT.items()]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=80)
    parser.add_argument("--seed", type=int, default=12)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=240)
    parser.add_argument("--only", default="", help="only those whose line has this pattern")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    mutants = [one for one in chosen(given.seed, given.count) if re.search(given.only, str(one))]
    if given.list:
        related = Related()
        for one in mutants:
            print(one, len(related.files(one)))
        return
    results = []
    for one in run(mutants, given.jobs, given.seconds):
        print(f"{one.outcome:20} {one.seconds:6.1f}s {one.mutant}  [{one.tests} test files] {one.by}", flush=True)
        results.append(one)
    print(f"{sum(one.outcome == 'killed' for one in results)} of {len(results)} killed")
    if given.write:
        PAGE.write_text(page(results, given.seed))


if __name__ == "__main__":
    main()
