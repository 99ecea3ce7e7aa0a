"""``iotwatch rejudge``: the detectors of today over stored observations."""

from __future__ import annotations

from pathlib import Path

import click

from iotwatch.cli.options import Talk, database, option, own_signatures, talking


@click.command("rejudge")
@database
@option("--asset", multiple=True, help="Only these assets (default: all).")
@own_signatures
@talking
def command(database: Path, asset: tuple[str, ...], talk: Talk) -> None:
    """Judge stored observations again with the detectors and signatures of today.

    No capture is needed. Says which verdicts changed and by which findings, and what today's signatures could not be tried on.
    """
    from iotwatch.cli.judged import tell_changes
    from iotwatch.detect.judge import judge_all
    from iotwatch.signatures import load
    from iotwatch.store import Store

    signatures = load()
    with Store(database, create=False) as store:
        before = store.judgements.versions()
        judged = judge_all(store, asset or store.assets.names(), signatures)
        after = store.judgements.versions()
        stale = store.sources.images_of_other_signatures(signatures.version)
    for name in sorted(before.keys() & after.keys()):
        if before[name] != after[name] and not talk.quiet:
            click.echo(f"the detector {name} was version {before[name]} and is version {after[name]}", err=True)
    tell_changes(judged)
    same = sum(one.before == one.verdict.word and not one.changes for one in judged)
    if same and not talk.quiet:
        click.echo(f"{same} asset(s) are judged as before")
    if stale and not talk.quiet:
        click.echo(
            f"{len(stale)} image(s) or log(s) were searched with other signatures; new text patterns need the files again:"
            " scan them with --force",
            err=True,
        )
