"""``iotwatch signatures``: readable, tested data."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from iotwatch.cli import EXIT_BROKEN_DATA
from iotwatch.cli.options import Function, masking, option, output_format, own_signatures
from iotwatch.cli.saying import say
from iotwatch.errors import OptionError

if TYPE_CHECKING:
    from iotwatch.signatures import Signatures


@click.group("signatures")
def command() -> None:
    """List, check and test the signatures; begin one of your own."""


@command.command("list")
@own_signatures
@output_format("table", "json")
def list_signatures(form: str) -> None:
    """List all signatures with vendor and what they identify; your own with their file."""
    from iotwatch.report.console import tables as console
    from iotwatch.signatures import load

    known = load()
    found = [
        {
            "id": one.id,
            "vendor": one.vendor,
            "identifies": one.identifies,
            "title": one.title,
            **({"file": one.file} if known.own else {}),
        }
        for one in known.all()
    ]
    console.print_rows(found, color=None, form=form)


@command.command("check")
@own_signatures
def check_signatures() -> None:
    """Check every signature: sources, examples, and that the examples match as they say. Exit 5 on a problem.

    Your own are held against the shipped ones too, and must be cheap to look for; your dialects must read their examples.
    """
    from iotwatch.decode.trackers import OWN
    from iotwatch.signatures import load
    from iotwatch.signatures.check import check
    from iotwatch.signatures.check_own import check_own

    signatures = load()
    problems = [*check(signatures), *(check_own(signatures) if signatures.own else ())]
    problems += [f"{dialect.name}: {problem}" for dialect in OWN for problem in dialect.wrong()]
    for problem in problems:
        say(problem, err=True)
    own = sum(bool(one.file) for one in signatures.all())
    counted = f", {own} of them and {len(OWN)} dialect(s) your own" if signatures.own else ""
    click.echo(f"{len(signatures.all())} signatures{counted}, {len(problems)} problem(s)")
    sys.exit(EXIT_BROKEN_DATA if problems else 0)


@command.command("test")
@click.argument("what", nargs=-1, required=True, metavar="FIELD VALUE | PATH...")
@own_signatures
@masking
@output_format("table", "json")
def test(what: tuple[str, ...], masked: bool, form: str) -> None:
    """Tell what the signatures say of one VALUE of FIELD (usb, usb.string, at, dns, sni, host, agent, text ...).

    Or of captures, firmware and logs: what each of your own signatures and dialects knows in them, and which know nothing.
    Nothing is kept.
    """
    from iotwatch.report.console import tables as console
    from iotwatch.signatures import load
    from iotwatch.signatures.format import FIELDS

    if len(what) == 2 and what[0] in FIELDS:
        rows = _said_of(load(), *what)
    else:
        rows = _seen_in([Path(path) for path in what], masked=masked)
    console.print_rows(rows, color=None, form=form)


def _said_of(signatures: Signatures, field: str, value: str) -> list[dict[str, str]]:
    if field == "usb":
        vendor, _, product = value.partition(":")
        try:
            matches = signatures.usb(int(vendor, 16), int(product, 16))
        except ValueError as error:
            raise click.UsageError("a USB id is written vvvv:pppp in hex") from error
    else:
        matches = signatures.match(field, value)
    return [
        {
            "signature": match.signature,
            "vendor": match.vendor,
            "product": match.product,
            "identifies": match.identifies,
            "confidence": match.confidence.name.lower(),
            "because": match.told,
            "mistaken for": match.mistaken_for,
        }
        for match in matches
    ]


def _seen_in(paths: list[Path], *, masked: bool) -> list[dict[str, str]]:
    from iotwatch.batch.trial import try_own
    from iotwatch.report.masking import mask_text
    from iotwatch.signatures.format import FIELDS

    for path in paths:
        if not path.exists():
            raise OptionError(f"{path}: there is no such file, nor is it a field: these are {', '.join(FIELDS)}")
    return [
        {
            "own": one.name,
            "file": one.file,
            "seen": f"{one.seen:,}" if one.seen else "never",
            "values": ", ".join(mask_text(value) if masked else value for value in one.values),
        }
        for one in try_own(paths)
    ]


_ASKED = {
    "title": "What does it name (a few words)?",
    "vendor": "Whose is it?",
    "country": "Country of the maker (ISO 3166, XX where nobody knows)?",
    "identifies": "What is it (module, host, board, chipset, vendor, endpoint, operator)?",
    "field": "In which field is it seen (host, usb.string, at, agent, text, mqtt.topic ...)?",
    "pattern": "Pattern (a host such as *.example.com, else google-re2)?",
    "confidence": "How sure is a match (possible, likely, certain)?",
    "because": "Why does a match name it?",
    "mistaken-for": "What else could look like it?",
    "source": "Where is that from (a document, file or capture; empty: nobody said so)?",
    "says": "What does it say there?",
    "example": "A value that must match?",
    "counterexample": "A value that must not match?",
}
_DEFAULTS = {"country": "XX", "confidence": "possible", "source": "", "says": ""}


def _asking(function: Function) -> Function:
    """An option for each part of a signature, which is asked for where it is not given."""
    for name, question in reversed(_ASKED.items()):
        how = {"default": _DEFAULTS[name]} if name in _DEFAULTS else {}
        function = option(f"--{name}", prompt=question.removesuffix("?"), help=question, **how)(function)
    return function


@command.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@option("--source", required=True, help="Whose list it is and of when: findings name it.")
@option("--to", type=click.Path(path_type=Path), help="Own folder to write to (default: ~/.config/iotwatch).")
@option("--format", "form", default="", help="list, suricata, zeek, stix, misp or tinycheck (default: by content).")
def import_list(file: Path, source: str, to: Path | None, form: str) -> None:
    """Take the far ends of a published list into an own folder: plain lists, Suricata rules, Zeek Intel, STIX, MISP, TinyCheck.

    The lists of MVT are STIX, those of SpyGuard are TinyCheck's. What is no far end by itself (hashes, rules for content,
    networks) is left out and counted. A finding by a list is `possible`. The same file again takes the place of its rows.
    """
    from iotwatch.files.own import settings
    from iotwatch.signatures.importing import FORMATS, read_list, write_rows

    if form and form not in (known := [one.NAME for one in FORMATS]):
        raise OptionError(f"--format {form!r} is none of {', '.join(known)}")
    found = read_list(file, source, form)
    for why, count in found.left_out.most_common():
        say(f"left out: {count:,} ({why})", err=True)
    if not found.rows:
        raise OptionError(f"{file}: read as {found.format}, and no far end stands in it")
    name = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in file.stem).strip("-").lower()
    path = (to or settings()) / "tables" / f"endpoints-{name or 'list'}.tsv"
    write_rows(path, found.rows)
    click.echo(f"{len(found.rows):,} far end(s), read as {found.format}: {path}")


def _id(_ctx: click.Context, _parameter: click.Parameter, told: str) -> str:
    if not all(letter.isascii() and (letter.isalnum() or letter in "-_") for letter in told):
        raise click.BadParameter("an id is made of letters, digits, - and _")
    return told


@command.command("new")
@click.argument("id", callback=_id)
@option("--to", type=click.Path(path_type=Path), help="File to write (default: ID.toml in ~/.config/iotwatch).")
@_asking
def new(to: Path | None, **said: str) -> None:
    """Begin the signature ID: asks for what no option says, writes the file, and checks it.

    Exit codes: 0 written and sound, 2 wrong usage, 5 written, and the check has something to say.
    """
    from iotwatch.files.own import settings
    from iotwatch.signatures.draft import write_draft

    _refuse_unknown(said)
    path = to or settings() / f"{said['id']}.toml"
    write_draft(path, said)
    say(f"{path}: written; go through it, then `iotwatch signatures check`", err=True)
    problems = _problems_of(path)
    for problem in problems:
        say(problem, err=True)
    sys.exit(EXIT_BROKEN_DATA if problems else 0)


def _refuse_unknown(said: dict[str, str]) -> None:
    """``OptionError`` for a word that no signature file may hold there."""
    from iotwatch.signatures.format import FIELDS, IDENTIFIES

    for name, words in (
        ("identifies", IDENTIFIES),
        ("field", FIELDS),
        ("confidence", ("possible", "likely", "certain")),
    ):
        if said[name] not in words:
            raise OptionError(f"--{name} {said[name]!r} is none of {', '.join(words)}")


def _problems_of(path: Path) -> list[str]:
    """What the check says of the signature in one file, beside the shipped ones alone."""
    import shutil

    from iotwatch.files.scratch import scratch
    from iotwatch.signatures import shipped
    from iotwatch.signatures.check import check
    from iotwatch.signatures.check_own import check_own

    with scratch() as folder:
        shutil.copyfile(path, folder / path.name)
        signatures = shipped(folder)
        (name,) = [one.id for one in signatures.all() if one.file]
        return [one for one in (*check(signatures), *check_own(signatures)) if one.startswith(f"{name}: ")]
