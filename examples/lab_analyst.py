"""Where each finding stands: ``python examples/lab_analyst.py flash.bin``."""

from __future__ import annotations

import sys

from iotwatch import Severity, open_results, scan


def main(source: str, database: str = "iotwatch.db") -> None:
    """Scan one source and print each finding from low on, with the file, frame or path, and offset of its evidence."""
    scan([source], database)
    with open_results(database) as results:
        for finding in results.findings():
            if finding.severity < Severity.LOW:
                continue
            print(f"{finding.severity.name.lower()}, {finding.confidence.name.lower()}: {finding.title}")
            for one in finding.evidence:
                inside = f" {one.path}" if one.path else ""
                frame = f" frame {one.frame}" if one.frame is not None else ""
                where = f"offset {one.offset}" if one.offset is not None else "after a step"
                print(f"  {one.source_path}{inside}{frame}, {where}, {one.length} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
