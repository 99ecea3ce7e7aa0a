"""Groups that are written as lists: SenML, ``[{"name": "lat", "value": 48.8}, ...]``, and tables with a row of column names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from iotwatch.decode.generic.names import LATITUDE, LONGITUDE, read_name
from iotwatch.decode.generic.tree.node import ARRAY, OBJECT, TEXT, Node
from iotwatch.patterns import regex

_NAMES = frozenset((
    "n", "name", "Name", "key", "id", "k", "identifier", "code", "label", "param", "field", "attribute", "resource",
    "0",
))  # fmt: skip
_VALUES = frozenset(("v", "value", "Value", "val", "vs", "vd", "current_value", "data", "2", "3"))
_BASES = frozenset(("bn", "-2"))
_LWM2M = regex(r"/?(?:6/\d{1,5}/(?P<location>[0125])|3336/\d{1,5}/(?P<gps>551[34]))$")
_RESOURCES = {
    "0": "latitude", "1": "longitude", "2": "altitude", "5": "timestamp", "5514": "longitude", "5513": "latitude",
}  # fmt: skip
_COLUMNS = ("columns", "fields", "header", "headers", "cols", "keys", "names")
_ROWS = ("rows", "values", "data", "points", "items", "records")
MAX_ROWS = 4096


def records_of(node: Node, above: Sequence[Node]) -> Iterator[Node]:
    """Objects made of a list of named values, or of the rows of a table; their leaves keep their own ranges."""
    if node.kind == ARRAY and 2 <= len(node.children) <= MAX_ROWS:
        yield from _named_values(node, above)
    elif node.kind == OBJECT:
        yield from _table(node)


def _named_values(node: Node, above: Sequence[Node]) -> Iterator[Node]:
    base = ""
    if above and (start := above[-1].child("bn")) is not None:
        base = str(start.value)
    groups: dict[str, Node] = {}
    for record in node.children:
        if record.kind != OBJECT:
            return
        start, name, value = _parts(record)
        if start is not None and isinstance(start.value, str):
            base = start.value
        if value is None or value.kind == ARRAY or not (base or name is not None):
            continue
        full = base + (str(name.value) if name is not None else "")
        lwm2m = _LWM2M.search(full)
        if lwm2m:
            resource = lwm2m["location"] or lwm2m["gps"]
            instance, key = full[: -len(resource)], _RESOURCES[resource]
        else:
            instance, key = "", re.split(r"[/:]", full)[-1]
        group = groups.setdefault(instance, Node(node.key, OBJECT, node.start, node.end))
        group.children.append(Node(key, value.kind, record.start, record.end, value.value, value.children))
    for group in groups.values():
        if len(group.children) >= 2:
            yield group


def _parts(record: Node) -> tuple[Node | None, Node | None, Node | None]:
    """The first of a record's children that is a base name, a name and a value."""
    base = name = value = None
    for child in record.children:
        key = child.key
        if name is None and key in _NAMES:
            name = child
        if value is None and key in _VALUES:
            value = child
        if base is None and key in _BASES:
            base = child
    return base, name, value


def _table(node: Node) -> Iterator[Node]:
    """Columns in one list, rows in another."""
    lists = [child for child in node.children if child.kind == ARRAY]
    if len(lists) < 2:
        return
    header = next((one for one in lists if one.key in _COLUMNS and _names_both(one)), None)
    rows = next((one for one in lists if one.key in _ROWS), None)
    if header is None or rows is None:
        return
    names = [str(cell.value) for cell in header.children]
    for row in rows.children[:MAX_ROWS]:
        if row.kind == ARRAY and len(row.children) == len(names):
            yield row_of(names, row.children, row.start, row.end)


def _names_both(header: Node) -> bool:
    roles = {name.role for cell in header.children[:64] if cell.kind == TEXT and (name := read_name(str(cell.value)))}
    return {LATITUDE, LONGITUDE} <= roles


def row_of(names: Sequence[str], cells: Sequence[Node], start: int, end: int) -> Node:
    """The object that a table's row is."""
    children = [
        Node(name, cell.kind, cell.start, cell.end, cell.value, cell.children)
        for name, cell in zip(names, cells, strict=False)
    ]
    return Node("", OBJECT, start, end, children=children)
