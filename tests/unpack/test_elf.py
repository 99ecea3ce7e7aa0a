"""ELF facts against pyelftools on real programs, and bounded on broken ones."""

from __future__ import annotations

import io
import sys

import pytest
from elftools.elf.elffile import ELFFile
from hypothesis import given
from hypothesis import strategies as st

from iotwatch.unpack import elf

with open(sys.executable, "rb") as _file:  # noqa: PTH123
    PYTHON = _file.read()


def second_opinion(data: bytes) -> tuple[list[str], set[str]]:
    """Needed libraries and undefined dynamic symbols by pyelftools."""
    file = ELFFile(io.BytesIO(data))
    dynamic = next((segment for segment in file.iter_segments() if segment["p_type"] == "PT_DYNAMIC"), None)
    symbols = file.get_section_by_name(".dynsym")
    needed = [tag.needed for tag in dynamic.iter_tags() if tag.entry.d_tag == "DT_NEEDED"] if dynamic else []
    undefined = (
        {s.name for s in symbols.iter_symbols() if s["st_shndx"] == "SHN_UNDEF" and s.name} if symbols else set()
    )
    return needed, undefined


@pytest.mark.corpus
def test_the_corpus_agrees_with_pyelftools(corpus):
    seen = 0
    for path in sorted((corpus / "firmware").rglob("*")):
        data = path.read_bytes() if path.is_file() else b""
        facts = elf.describe(data)
        if facts is None:
            continue
        needed, undefined = second_opinion(data)
        assert list(facts.needed) == needed, path.name
        if undefined:
            assert set(facts.imports) == undefined, path.name
        seen += 1
    assert seen >= 20


@pytest.mark.corpus
def test_a_known_daemon(corpus):
    facts = elf.describe((corpus / "firmware" / "mifi-wd670" / "app" / "bin" / "device_tracking").read_bytes())
    assert facts is not None
    assert (facts.machine, facts.bits, facts.endian, facts.type) == ("arm", 32, "little", "executable")
    assert facts.needed


def test_this_interpreter():
    facts = elf.describe(PYTHON)
    if facts is None:
        pytest.skip("the interpreter is no ELF file here")
    needed, undefined = second_opinion(PYTHON)
    assert list(facts.needed) == needed
    assert set(facts.imports) == undefined


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=30), st.floats(0, 1))
def test_broken_headers_never_raise(changes, share):
    data = bytearray(PYTHON[:20_000])
    for where, value in changes:
        data[int(where * 900)] = value
    elf.describe(bytes(data[: int(share * len(data))]))


def test_other_bytes_are_none():
    assert elf.describe(b"") is None
    assert elf.describe(b"\x7fELF") is None
    assert elf.describe(b"MZ" + bytes(100)) is None
