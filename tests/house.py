"""What imports what in the tree, read from its syntax: every import counts, type-only and lazy ones too.

As a program it writes the list of dependencies: ``python -m tests.house --write`` renews the table in docs/dependencies.md.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "dependencies.md"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
# Distributions whose module has another name.
MODULES = {
    "axe-selenium-python": "axe_selenium_python",
    "cyclonedx-python-lib": "cyclonedx",
    "dnspython": "dns",
    "google-re2": "re2",
    "pyelftools": "elftools",
    "python-stdnum": "stdnum",
    "sqlite-utils": "sqlite_utils",
    "yara-x": "yara_x",
}


@dataclass(frozen=True)
class Import:
    """One name that a module imports: the module that says so, its line, and the dotted name that it asks for."""

    importer: str
    line: int
    target: str


def module_name(path: Path, root: Path = ROOT) -> str:
    """Return the dotted name of the module in a file; a package's ``__init__`` has the package's name."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def modules(folder: str = "iotwatch") -> dict[str, Path]:
    """Return every module under a folder of the checkout by its dotted name."""
    return {module_name(path): path for path in sorted((ROOT / folder).rglob("*.py"))}


def imported(tree: ast.AST, importer: str, *, package: bool) -> Iterator[Import]:
    """Yield everything that a module's syntax imports, wherever it stands: at the top, under a condition, in a function.

    ``from a import b`` gives ``a.b``: whether ``b`` is a module of ``a`` or a name in it, is for :func:`edges` to tell.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(importer, node.lineno, alias.name)
        elif isinstance(node, ast.ImportFrom):
            origin = node.module or ""
            if node.level:
                here = importer.split(".")
                parent = here[: len(here) - node.level + package]
                origin = ".".join([*parent, *([origin] if origin else [])])
            for alias in node.names:
                yield Import(importer, node.lineno, f"{origin}.{alias.name}")
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            yield from (Import(importer, node.lineno, one.value) for one in node.args if isinstance(one, ast.Constant))


def imports(known: dict[str, Path]) -> list[Import]:
    """Return all imports of the modules given."""
    return [
        found
        for name, path in known.items()
        for found in imported(ast.parse(path.read_text()), name, package=path.name == "__init__.py")
    ]


def inside(target: str, known: Iterable[str]) -> str | None:
    """Return the module among those known that gives a dotted name: itself, or the module that it is a name of."""
    parts = target.split(".")
    for length in (len(parts), len(parts) - 1):
        name = ".".join(parts[:length])
        if name in known:
            return name
    return None


def edges(known: dict[str, Path], found: Iterable[Import]) -> dict[str, set[str]]:
    """Return for each module the modules that it imports; a name taken from a package is its ``__init__``'s."""
    graph: dict[str, set[str]] = {name: set() for name in known}
    for one in found:
        target = inside(one.target, known)
        if target is not None and target != one.importer:
            graph[one.importer].add(target)
    return graph


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Return every group of modules that reach one another (Tarjan's strongly connected components of two or more)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    groups: list[list[str]] = []

    def visit(name: str) -> None:
        index[name] = low[name] = len(index)
        stack.append(name)
        for target in graph[name]:
            if target not in index:
                visit(target)
                low[name] = min(low[name], low[target])
            elif target in stack:
                low[name] = min(low[name], index[target])
        if low[name] == index[name]:
            group = stack[stack.index(name) :]
            del stack[stack.index(name) :]
            if len(group) > 1:
                groups.append(sorted(group))

    for name in graph:
        if name not in index:
            visit(name)
    return groups


def third_party(found: Iterable[Import]) -> dict[str, set[str]]:
    """Return for each imported package that is neither Python's nor the project's own the modules that import it."""
    users: dict[str, set[str]] = defaultdict(set)
    for one in found:
        package = one.target.split(".")[0]
        if package not in sys.stdlib_module_names and package not in ("iotwatch", "tests"):
            users[package].add(one.importer)
    return users


def declared(extra: str = "") -> dict[str, str]:
    """Return the declared distributions of the project, or of one extra, by the name of their module."""
    project = PROJECT["project"]
    lines = project["optional-dependencies"][extra] if extra else project["dependencies"]
    names = [re.match(r"[A-Za-z0-9_.-]+", line)[0] for line in lines]
    return {MODULES.get(name, name): name for name in names}


def row_of(package: str, users: set[str]) -> str:
    """Return the column of the page that says which modules import a package: each by name, of many their number."""
    if len(users) <= 5:
        return ", ".join(f"`{name.removeprefix('iotwatch.')}`" for name in sorted(users))
    floors = sorted({name.split(".")[1] for name in users})
    return "nearly all of the house" if len(floors) > 6 else f"many, in {', '.join(f'`{name}`' for name in floors)}"


def renewed(page: str) -> str:
    """Return the page with its columns of modules as they are now; which rows there are and what they say stays."""
    users = third_party(imports(modules()))
    lines = []
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        package = MODULES.get(cells[0].split(" ")[0], cells[0].split(" ")[0])
        if line.startswith("|") and package in users:
            cells[-1] = row_of(package, users[package])
            line = f"| {' | '.join(cells)} |"
        lines.append(line)
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(renewed(PAGE.read_text()))
    else:
        print(renewed(PAGE.read_text()))
