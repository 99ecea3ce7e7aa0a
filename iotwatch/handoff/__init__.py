"""What needs both the database and the captures: evidence taken from its source again, and cut-outs of findings."""

from iotwatch.handoff.cutout import cut_out
from iotwatch.handoff.evidence import evidence_bytes, open_source

__all__ = ["cut_out", "evidence_bytes", "open_source"]
