"""Far ends that the user's own lists expect: a reason more beside a finding, which stays what it is."""

from __future__ import annotations

import msgspec

from iotwatch.model import Finding
from iotwatch.signatures import Signatures
from iotwatch.words.findings import FindingKind, Reason

_FAR_ENDS = ("server_name", "server", "far_end", "far_ends")


def with_expected(finding: Finding, signatures: Signatures) -> Finding:
    """The finding with each expected far end among its reasons and in the fact ``expected``; as it is where there is none.

    Severity and confidence stay: that a position goes where it is expected to go does not make it stay in the car.
    """
    named: list[str] = [finding.subject] if finding.kind == FindingKind.ENDPOINT else []
    for name in _FAR_ENDS:
        told = finding.facts.get(name) or ()
        named += [told] if isinstance(told, str) else map(str, told)
    found = dict.fromkeys(one for far_end in named if (one := signatures.expected(far_end)) is not None)
    if not found:
        return finding
    reasons = [Reason.EXPECTED(far_end=one.host, because=one.because, file=one.file) for one in found]
    facts = {**finding.facts, "expected": [f"{one.host}: {one.because}" for one in found]}
    return msgspec.structs.replace(finding, reasons=(*finding.reasons, *reasons), facts=facts)
