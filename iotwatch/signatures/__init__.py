"""Signatures: reviewed data that names makers, modules, host software, chips, endpoints and operators.

``load()`` gives the catalogue; ``docs/signatures.md`` says how to write one.
"""

from iotwatch.signatures.catalogue import Signatures, load, shipped
from iotwatch.signatures.format import Signature
from iotwatch.signatures.match import Command, Listing, Match, Scan

__all__ = ["Command", "Listing", "Match", "Scan", "Signature", "Signatures", "load", "shipped"]
