"""The report as one HTML file that asks nothing of any network: styles, script, map and data stand inside it.

The content security policy allows the very style and script written here, by their SHA-256, and no request of any kind.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import msgspec
from markupsafe import Markup, escape

from iotwatch.patterns import regex
from iotwatch.report.document.model import Asset, Document, Position
from iotwatch.report.document.since import since_lines
from iotwatch.report.html import map as positions_map
from iotwatch.report.html import timeline
from iotwatch.report.html.cells import FindingCells, count, finding_cells, moment
from iotwatch.report.html.projection import length_text, outline
from iotwatch.report.html.tables import Table, tables
from iotwatch.report.words.sentences import LIGHTS

ASSETS_IN_FULL = 25
_FLEET_ROWS_SHOWN = 500
# The blocks of scripts that run from right to left (Unicode, DerivedBidiClass.txt).
_LEFTWARDS = regex("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff]+")
_TEMPLATES = Path(__file__).with_name("templates")


class AssetPage(msgspec.Struct, frozen=True):
    """One asset as the templates show it; ``key`` makes element ids of several assets differ."""

    key: str
    asset: Asset
    map: positions_map.Map | None
    timeline: timeline.Timeline | None
    findings: tuple[FindingCells, ...]
    kinds: tuple[str, ...]
    tables: dict[str, Table]
    since: tuple[str, ...] = ()


def render(document: Document) -> str:
    """The whole page; the same document gives the same text. Of ``ASSETS_IN_FULL`` assets it shows all, of others a sentence."""
    ranked = sorted(document.assets, key=lambda one: LIGHTS.index(one.summary.light))
    pages = [
        _asset_page(f"a{number}", one, masked=document.masked) for number, one in enumerate(ranked[:ASSETS_IN_FULL], 1)
    ]
    return _rendered(
        "report.html",
        document=document,
        run=None if document.run is msgspec.UNSET else document.run,
        pages=pages,
        ranked=ranked,
        lights={one.verdict: one.summary.light for one in ranked},
        keys={page.asset.name: page.key for page in pages},
        left_out=len(ranked) - len(pages),
        shown=_FLEET_ROWS_SHOWN,
    )


def render_map(positions: Sequence[Position], names: Sequence[str], chosen: str) -> str:
    """A page of the map alone; ``names`` are the assets to choose from."""
    drawn = positions_map.draw(positions, rounded=False)
    return _rendered("map.html", key="m", map=drawn, names=names, chosen=chosen)


def _rendered(template: str, **values: object) -> str:
    """A page with its values and what every page needs: outline, style, script, and the policy that allows just these."""
    style, script = _asset("style.css"), _asset("script.js")
    policy = (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; img-src data:;"
        " base-uri 'none'; form-action 'none'"
    )
    # Our own files.
    frame = {"outline": outline(), "policy": policy, "style": Markup(style), "script": Markup(script)}  # noqa: S704
    return _environment().get_template(template).render(**values, **frame)


def _asset_page(key: str, asset: Asset, *, masked: bool) -> AssetPage:
    return AssetPage(
        key=key,
        asset=asset,
        map=positions_map.draw(asset.positions, rounded=masked),
        timeline=timeline.draw(asset),
        findings=tuple(finding_cells(asset)),
        kinds=tuple(sorted({one.kind for one in asset.findings})),
        tables=tables(asset),
        since=since_lines(asset),
    )


@cache
def _asset(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _data(text: str) -> Markup:
    """JSON that may stand in a script element: nothing in it can end the element."""
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704  escaped here


def _isolated(text: object) -> Markup:
    """A text in which words that run from right to left do not turn round what stands beside them (HTML, the bdi element)."""
    return Markup(_LEFTWARDS.sub(r"<bdi>\g<0></bdi>", str(escape(text))))  # noqa: S704  escaped here


@cache
def _environment() -> jinja2.Environment:
    filters: dict[str, Any] = {"data": _data, "count": count, "moment": moment, "length_text": length_text}
    filters["isolated"] = _isolated
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    made.filters.update(filters)
    return made
