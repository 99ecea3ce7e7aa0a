"""What a new judgement changed, in lines: used by every verb that judges again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from iotwatch.cli.saying import say

if TYPE_CHECKING:
    from iotwatch.detect.judge import Judgement
    from iotwatch.store.rows import Change

_SHOWN = 12


def tell_changes(judged: Iterable[Judgement]) -> None:
    """Print what ``changed`` says."""
    for line in changed(judged):
        say(line)


def changed(judged: Iterable[Judgement]) -> Iterator[str]:
    """Per asset whose verdict or findings changed: the verdict with its reason, then each finding that made it so."""
    from iotwatch.report.masking import told

    for one in judged:
        word = one.verdict.word
        if one.before == word and not one.changes:
            continue
        led = f"{one.before or 'not judged'} -> {word}" if one.before != word else f"{word} (unchanged)"
        why = "" if one.asked else " (other cars made its far ends more or less rare)"
        yield f"{one.asset}: {led}: {told(one.verdict.reason)}{why}"
        if one.before:
            yield from (told(_line(change)) for change in one.changes[:_SHOWN])
        if one.before and len(one.changes) > _SHOWN:
            yield f"  ... and {len(one.changes) - _SHOWN} more"


def _line(change: Change) -> str:
    level = " -> ".join(filter(None, (change.before, change.after)))
    return f"  {change.change}: {change.name} ({level})"
