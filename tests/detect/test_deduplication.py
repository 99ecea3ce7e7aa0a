from __future__ import annotations

from iotwatch.detect.deduplication import ranked
from iotwatch.model import Confidence, Evidence, Finding, Severity, cut
from iotwatch.words.findings import FindingKind, Reason


def finding(source: int, severity: Severity, *, key: str = "program|lte", row: str = "a") -> Finding:
    return Finding(
        detector="program",
        kind=FindingKind.PROGRAM,
        subject="lte",
        key=key,
        title=f"as source {source} has it",
        severity=severity,
        confidence=Confidence.LIKELY,
        reasons=(Reason.GRADE(grade="A"), Reason.SEVERAL_SOURCES(n=source)),
        evidence=(Evidence(cut(None, [(source, 4)]), b"lte\0", 4, source=source),),
        rows=(("endpoints", {"address": row}),),
    )


def test_one_claim_of_two_sources_is_one_finding_with_the_evidence_of_both() -> None:
    (one,) = ranked([finding(1, Severity.MEDIUM), finding(2, Severity.HIGH)])
    assert (one.title, one.severity) == ("as source 2 has it", Severity.HIGH)
    assert one.reasons == (Reason.GRADE(grade="A"), Reason.SEVERAL_SOURCES(n=2), Reason.SEVERAL_SOURCES(n=1))
    assert [proof.source for proof in one.evidence] == [2, 1]
    assert one.rows == (("endpoints", {"address": "a"}),)


def test_other_subjects_stay_apart_and_the_worst_comes_first() -> None:
    found = ranked([finding(1, Severity.LOW), finding(2, Severity.HIGH, key="program|other")])
    assert [one.key for one in found] == ["program|other", "program|lte"]
