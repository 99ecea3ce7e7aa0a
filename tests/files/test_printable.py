from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iotwatch.files.printable import shell_word, storable, stored_path, visible

NAMES = [
    b"plain.pcap",
    b"caf\xe9.pcap",
    b"esc\x1b[31m.log",
    b"two words.bin",
    b"a'b.pcap",
    "\u202egnp.exe".encode(),
    b"a\nb",
]


@given(st.binary(max_size=60))
def test_any_name_can_be_stored_and_shown(name: bytes) -> None:
    text = os.fsdecode(name)
    storable(text).encode()
    assert visible(text).isprintable()
    assert visible(storable(text)) == visible(text)


@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_what_is_text_is_stored_as_it_is(text: str) -> None:
    assert storable(text) == text


@pytest.mark.parametrize("name", NAMES, ids=repr)
def test_a_stored_name_finds_its_file_here_and_in_a_shell(tmp_path: Path, name: bytes) -> None:
    path = tmp_path / os.fsdecode(name)
    path.write_bytes(name)
    stored = storable(str(path))
    assert stored_path(stored).read_bytes() == name
    assert subprocess.run(["bash", "-c", f"cat {shell_word(stored)}"], capture_output=True, check=True).stdout == name


def test_a_name_that_holds_such_an_escape_is_itself(tmp_path: Path) -> None:
    path = tmp_path / "caf\\xe9.pcap"
    path.write_bytes(b"1")
    assert stored_path(str(path)) == path
