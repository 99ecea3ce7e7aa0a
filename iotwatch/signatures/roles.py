"""Module, or software that drives modules? Signs in the same bytes decide.

The firmware of a module and the programs that drive it share their vocabulary: ModemManager's plug-in for Quectel holds
``+QGPS`` just as Quectel's own firmware does (reference facts: firmware signatures, roles). So:

- a mark of host software in the same bytes turns every *weak* match of a module into one of a host;
- bytes that name four or more models of one maker list what they support, and run on none of them;
- a processor that is no module's (a board) holds software that drives one: what names a module there is a host's, but for the
  marks that only software on the module itself holds;
- where a mark stands that only software on the module itself holds, the makers' weak words beside it say nothing: applications on
  a module write its commands in full, and chips share the words of all makers that use them;
- everything else keeps the role that its signature gives.
"""

from __future__ import annotations

import msgspec

from iotwatch.model import Confidence
from iotwatch.signatures.match import Match

MODELS_OF_A_LIST = 4


def settle_roles(matches: list[Match]) -> tuple[Match, ...]:
    """Return the matches found in one artefact with their roles settled, in the same order, without borrowed words."""
    if any(match.inside for match in matches):
        matches = [match for match in matches if not (match.weak and match.identifies in ("module", "host"))]
    host = next((match for match in matches if match.identifies in ("host", "board") and not match.weak), None)
    listing = _makers_that_are_listed(matches)
    return tuple(_settle(match, host, listing) for match in matches)


def _makers_that_are_listed(matches: list[Match]) -> frozenset[str]:
    models: dict[str, set[str]] = {}
    for match in matches:
        if match.identifies == "module" and match.version:
            models.setdefault(match.vendor, set()).add(match.product)
    return frozenset(vendor for vendor, named in models.items() if len(named) >= MODELS_OF_A_LIST)


def _settle(match: Match, host: Match | None, listing: frozenset[str]) -> Match:
    if match.identifies != "module":
        return match
    if match.version and match.vendor in listing:
        reason = f"many models of {match.vendor} are named here: a list of what is supported"
    elif host is not None and (match.weak or (host.identifies == "board" and not match.inside)):
        reason = f"{host.product or host.vendor} stands in the same file: software that drives such modules"
    else:
        return match
    return msgspec.structs.replace(
        match, identifies="host", confidence=Confidence.POSSIBLE, because=f"{match.because}; {reason}"
    )
