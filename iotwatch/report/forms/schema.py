"""The published JSON Schema (2020-12) of the report document."""

from __future__ import annotations

import json
from inspect import cleandoc
from typing import Any

import msgspec

from iotwatch.report.document.model import Document

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """The JSON Schema that every ``report -o FILE.json`` of this version satisfies."""
    made = _flush_left(msgspec.json.schema(Document))
    return {"$schema": DIALECT, "title": "iotwatch report, format version 1", **made}


def _flush_left(part: Any) -> Any:
    """The schema with its descriptions flush left: from Python 3.13 on docstrings are, before they are indented."""
    if isinstance(part, dict):
        return {
            name: cleandoc(value) if name == "description" and isinstance(value, str) else _flush_left(value)
            for name, value in part.items()
        }
    return [_flush_left(one) for one in part] if isinstance(part, list) else part


def schema_text() -> str:
    return json.dumps(schema(), indent=2, sort_keys=True) + "\n"
