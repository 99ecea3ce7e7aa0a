"""Whose software bare firmware is: an application on a module, a board that drives one, or a chip's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.detect.images import of, scanned

FILL = bytes(range(256)) * 16
# SP in RAM at 0x20000000, handlers in flash at 0x08000000 (RM0090).
STM32 = bytes.fromhex("00000220cd010008d1010008d3010008")
WORDS = b"\0+CGNSINF: \0+CGNSSPWR: READY\0"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (FILL + WORDS, {("module", "SIMCom")}),
        (STM32 + FILL + WORDS, {("host", "SIMCom")}),
        (FILL + b"/IDF/components/esp_hw_support/rtc.c\0" + WORDS, {("host", "SIMCom")}),
        (STM32 + FILL, set()),
        (FILL + b"\0QUECTEL-OPENCPU-V3.0\0AT+CGNSINF\0", {("module", "Quectel")}),
        (
            FILL + b"\0SLM325Y_7146B71F_20230815_E02_V01\0dma_ec618.c\0+QGPSLOC: \0",
            {("module", "MeiG Smart"), ("chipset", "Eigencomm")},
        ),
        (FILL + b"\0dma_ec616.c\0+QGPSLOC: \0", {("chipset", "Eigencomm")}),
        (FILL + b"\0sAPI_TcpipSocket\0", {("module", "SIMCom")}),
        (b"#include <cm.h>\nint sAPI_TcpipSocket(int domain);\n" * 50, set()),
    ],
)
def test_roles_of_bare_firmware(data: bytes, told: set[tuple[str, str]], tmp_path: Path) -> None:
    (tmp_path / "unit.bin").write_bytes(data + b"\0" + FILL)
    found, _ = scanned([tmp_path / "unit.bin"], tmp_path)

    assert {(row["facts"]["role"], row["facts"]["vendor"]) for row in of(found, "module")} == told
