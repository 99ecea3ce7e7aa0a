"""What the signatures must keep: each match has a source and an example, and the examples tell the truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from iotwatch.signatures.catalogue import Signatures
from iotwatch.signatures.format import HOST_FIELDS, SELF_DECLARED, Example, Rule, Signature
from iotwatch.signatures.match import Match


def check(signatures: Signatures) -> list[str]:
    """Return the problems, each a line that begins with the signature's id; nothing when all is well."""
    problems = [f"{name}: the id stands in {count} files" for name, count in _ids(signatures).items() if count > 1]
    for signature in signatures.all():
        problems.extend(f"{signature.id}: {problem}" for problem in _problems(signature, signatures))
    return problems


def _ids(signatures: Signatures) -> Counter[str]:
    return Counter(signature.id for signature in signatures.all())


def _problems(signature: Signature, signatures: Signatures) -> Iterator[str]:
    positives = [example for example in signature.example if example.matches]
    if not signature.match:
        yield "there is no match"
    if len(positives) == len(signature.example):
        yield "there is no example that must not match"
    for index, rule in enumerate(signature.match):
        yield from (f"match {index} ({rule.field} {rule.pattern}): {problem}" for problem in _rule_problems(rule))
        support = [example for example in positives if _hits(signature.id, rule, example, signatures)]
        if not support:
            yield f"match {index} ({rule.field} {rule.pattern}): no example is matched by it"
        elif rule.confidence == "certain" and all(example.origin == "made" for example in support):
            yield f"match {index} ({rule.field} {rule.pattern}): only made examples support 'certain'"
    for example in signature.example:
        if example.matches != any(match.signature == signature.id for match in _matches(example, signatures)):
            shown = example.value or example.hex
            yield f"the example {shown[:60]!r} {'does not match' if example.matches else 'matches and must not'}"


def _rule_problems(rule: Rule) -> Iterator[str]:
    if not rule.source:
        yield "there is no source"
    if not rule.because or not rule.mistaken_for:
        yield "`because` and `mistaken_for` must say something"
    if rule.confidence == "certain" and rule.field in SELF_DECLARED:
        yield "what a device says of itself is at most 'likely'"


def _matches(example: Example, signatures: Signatures) -> list[Match]:
    if example.field == "text":
        return list(signatures.scan(example.data))
    return signatures.match(example.field, example.data.decode("latin-1") if example.hex else example.value)


def _hits(signature: str, rule: Rule, example: Example, signatures: Signatures) -> bool:
    same_field = example.field == rule.field or (rule.field == "host" and example.field in HOST_FIELDS)
    if not same_field:
        return False
    found = (match for match in _matches(example, signatures) if match.signature == signature)
    return any(match.because.startswith(rule.because) for match in found)
