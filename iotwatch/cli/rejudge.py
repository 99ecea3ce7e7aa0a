"""``iotwatch rejudge``: the detectors of today over stored observations."""

from __future__ import annotations

from pathlib import Path

import click

from iotwatch.cli.options import Talk, database, option, signature_folder, talking


@click.command("rejudge")
@database
@option("--asset", multiple=True, help="Only these assets (default: all).")
@signature_folder
@talking
def command(
    database: Path,
    asset: tuple[str, ...],
    signature_folder: Path | None,
    talk: Talk,
) -> None:
    """Judge stored observations again with the detectors and signatures of today.

    No capture is needed. Says which verdicts changed, and what today's signatures could not be tried on.
    """
    from iotwatch.judge import judge_all
    from iotwatch.signatures import load
    from iotwatch.store import Store

    signatures = load(signature_folder)
    with Store(database, create=False) as store:
        judged = judge_all(store, asset or store.asset_names(), signatures)
        stale = store.images_of_other_signatures(signatures.version)
    for judgement in judged:
        if judgement.before != judgement.verdict.word:
            click.echo(
                f"{judgement.asset}: {judgement.before or 'not judged'} -> {judgement.verdict.word}: {judgement.verdict.reason}"
            )
        elif not talk.quiet:
            click.echo(f"{judgement.asset}: {judgement.verdict.word} (unchanged)")
    if stale and not talk.quiet:
        click.echo(
            f"{len(stale)} image(s) or log(s) were searched with other signatures; new text patterns need the files again:"
            " scan them with --force",
            err=True,
        )
