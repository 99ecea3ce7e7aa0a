"""The tuple of all readers: one line to add a format. Order decides where two would claim the same bytes."""

from __future__ import annotations

from collections.abc import Iterator

from iotwatch.unpack import carve, compression
from iotwatch.unpack.archive import ar, cpio, sqlite, tar
from iotwatch.unpack.archive import zip as zip_archive
from iotwatch.unpack.entry import Budget, Entry, Reader
from iotwatch.unpack.filesystem import cramfs, erofs, ext, fat, jffs2, romfs, squashfs, ubi, ubifs, yaffs2
from iotwatch.unpack.image import (
    android,
    android_ota,
    disk,
    eigencomm,
    esp32,
    hexfile,
    huawei,
    luat,
    nand,
    neoway,
    qualcomm,
    quectel,
    trx,
    uboot,
    unisoc,
)  # fmt: skip


def _never(data: bytes) -> bool:  # noqa: ARG001 - raw bytes have no magic: ``sniff`` decides
    return False


def _carved(data: bytes, budget: Budget) -> Iterator[Entry]:  # noqa: ARG001 - the reader contract
    return carve.entries(data, READERS)


READERS: tuple[Reader, ...] = (
    yaffs2.READER,  # before nand: without their spare areas its pages are nobody's
    nand.READER,  # before ubi: such a dump may begin with UBI's magic
    squashfs.READER,
    ubi.READER,
    ubifs.READER,
    jffs2.READER,
    cramfs.READER,
    romfs.READER,
    uboot.UIMAGE,
    uboot.FIT,
    trx.READER,
    android.BOOT,
    android.SPARSE,
    android_ota.READER,
    qualcomm.TABLE,
    qualcomm.SBL1,
    qualcomm.MBN,
    unisoc.READER,
    luat.READER,
    neoway.READER,
    quectel.READER,
    eigencomm.READER,
    huawei.UPDATE,
    huawei.LOADER,
    huawei.TABLE,
    esp32.IMAGE,
    tar.READER,
    cpio.READER,
    zip_archive.READER,
    ar.READER,
    sqlite.READER,
    *compression.READERS,
    hexfile.INTEL,
    hexfile.MOTOROLA,
    hexfile.UF2,
    hexfile.LOD,
    # Magics behind the first sector, so that a header in front of them decides first.
    esp32.FLASH,
    erofs.READER,
    ext.READER,
    fat.READER,
    disk.GPT,
    disk.MBR,
    Reader("raw", _never, _carved),
)
