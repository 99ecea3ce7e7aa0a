"""What `watch` prints: one growing table of findings as they come, and every change of a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from rich.table import Table

from iotwatch.report.console.tables import SEVERITY_STYLES, escape, make, titled
from iotwatch.report.reader import Reader, Row

_COLUMNS = (("time", 8), ("id", 8), ("severity", 8), ("sure", 8))


class News:
    """Findings and verdicts that have not been told yet; what the database holds at the beginning is known."""

    def __init__(self, reader: Reader, *, color: bool | None) -> None:
        self._console = make(color)
        self._told = {_key(row): _level(row) for row in reader.findings()}
        self._verdicts = {row["name"]: row["verdict"] for row in reader.assets()}
        self._headed = False

    def tell(self, reader: Reader, assets: Sequence[str]) -> int:
        """Print what is new or weighs more in ``assets`` than when it was told; gives the number of rows."""
        fresh = [row for asset in assets for row in reader.findings(asset) if self._told.get(_key(row)) != _level(row)]
        self._told.update({_key(row): _level(row) for row in fresh})
        if fresh:
            self._console.print(self._table(fresh))
        for row in reader.assets(assets):
            if row["verdict"] != self._verdicts.get(row["name"]):
                self._verdicts[row["name"]] = row["verdict"]
                self._console.print(f"[bold]{escape(row['name'])}[/bold] is now: {row['verdict']}")
        return len(fresh)

    def _table(self, fresh: Sequence[Row]) -> Table:
        table = Table(box=None, pad_edge=False, show_header=not self._headed, header_style="dim", padding=(0, 1, 0, 0))
        self._headed = True
        for name, width in _COLUMNS:
            table.add_column(name, no_wrap=True, min_width=width)
        table.add_column("finding", overflow="fold")
        now = datetime.now(UTC).strftime("%H:%M:%S")
        for row in fresh:
            severity = f"[{SEVERITY_STYLES[row['severity']]}]{row['severity']}[/]"
            asset = f"[dim]{escape(row['asset'])}:[/dim] "
            table.add_row(now, row["fingerprint"][:8], severity, row["confidence"], asset + titled(row))
        return table


def _key(row: Row) -> tuple[str, str]:
    return row["asset"], row["fingerprint"]


def _level(row: Row) -> tuple[str, str, str]:
    return row["severity"], row["confidence"], row["title"]
