"""The report as one self-contained HTML file."""

from iotwatch.report.html.page import render

__all__ = ["render"]
