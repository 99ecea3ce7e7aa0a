"""Every reader keeps the contract, and the page of formats knows each of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iotwatch import unpack
from iotwatch.place.steps import STEPS
from tests.unpack.images import make_tar, make_zip

PAGE = Path(__file__).resolve().parents[2] / "docs" / "firmware.md"


def test_names_are_unique_and_steps_are_those_of_the_readers():
    names = [reader.name for reader in unpack.READERS]
    assert len(names) == len(set(names))
    assert unpack.EVERY_STEP.keys() - STEPS.keys() == {reader.name for reader in unpack.READERS if reader.step}


@pytest.mark.parametrize("reader", unpack.READERS, ids=lambda reader: reader.name)
def test_the_page_of_formats_lists_the_reader(reader):
    assert f"`{reader.name}`" in PAGE.read_text()


@given(st.binary(max_size=3000))
def test_claims_never_raise(data):
    for reader in unpack.READERS:
        reader.claims(data)
    unpack.sniff(data[:64], data)


@given(st.binary(max_size=1400), st.sampled_from([reader.claims for reader in unpack.READERS]))
def test_claims_never_raise_behind_a_magic(data, claims):
    for head in (
        b"\x7fELF",
        b"ANDROID!",
        b"\xd0\x0d\xfe\xed",
        b"\xe9\x02",
        b"hsqs",
        b"HDR0",
        b"!<arch>\n",
        b"PK\x03\x04",
    ):
        claims(head + data)


def test_ordinary_content_is_not_opened():
    for data in (
        b"",
        b"#!/bin/sh\n" + b"echo\n" * 2000,
        b"\x89PNG\r\n\x1a\n" + bytes(5000),
        b"\xd4\xc3\xb2\xa1" + bytes(9000),
    ):
        assert unpack.sniff(data[:4096], data) is None


def test_paths_join_with_an_exclamation_mark():
    inner = make_zip({"etc/a": b"1"})
    outer = unpack.unpack(make_tar({"update/b.zip": inner}), None, path="dump.tar")
    (member,) = outer.members
    assert member.path == "dump.tar!update/b.zip"
    (leaf,) = unpack.unpack(member.data, member.place, path=member.path).members
    assert leaf.path == "dump.tar!update/b.zip!etc/a"
