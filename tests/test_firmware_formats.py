"""One tree in every format: whatever it is packed in, the same facts are found."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.studies import firmware_study as study

# Known by their magic and not opened: the table of ``docs/firmware.md`` says so.
NOT_OPENED = frozenset({"7-Zip"})


@pytest.mark.programs
@pytest.mark.parametrize("name", [name for name in study.FORMATS if name not in NOT_OPENED])
def test_every_planted_fact_is_found(name: str, tmp_path: Path) -> None:
    try:
        assert study.missing(name, study.PLANTED_TREE, study.PLANTED, tmp_path) == set()
    except study.ProgramMissing as error:
        pytest.skip(f"the program {error} is not installed")


@pytest.mark.corpus
@pytest.mark.programs
@pytest.mark.parametrize(
    "name", ["squashfs, xz", "UBIFS in UBI", "JFFS2", "ext4", "raw dump, squashfs at 0x7133", "tar.lzma"]
)
def test_real_programs_are_found(name: str, corpus: Path, tmp_path: Path) -> None:
    try:
        assert study.missing(name, study.real_tree(corpus), study.REAL, tmp_path) == set()
    except study.ProgramMissing as error:
        pytest.skip(f"the program {error} is not installed")
