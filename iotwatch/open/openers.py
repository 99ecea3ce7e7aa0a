"""The openers, in the order in which they are asked: the first that claims a blob opens it."""

from __future__ import annotations

from iotwatch.files.own import outside
from iotwatch.open.captures import CaptureFile, Compressed, FramesInside
from iotwatch.open.cards import CardFile
from iotwatch.open.diagnostics import DiagnosticsFile, DiagnosticsInside, SamsungFile
from iotwatch.open.images import IMAGE, Document, ReceiverFile
from iotwatch.open.opened import Opener
from iotwatch.open.payloads import Payload
from iotwatch.open.people import PeopleFile
from iotwatch.open.rayhunter import RayhunterFile, RayhunterPlace
from iotwatch.open.records import RecordFile
from iotwatch.open.repacked import BugReport, KismetFile
from iotwatch.open.sockets import ModuleSockets
from iotwatch.open.sweeps import SampleDescription, SampleFile, SweepFile
from iotwatch.open.texts import TextLog, WideText, ZeekFile
from iotwatch.open.tracks import BinaryLog, BlobTable
from iotwatch.open.unread import Unread
from iotwatch.read.files.sniff import READERS

OPENERS: tuple[Opener, ...] = (
    FramesInside(),
    ModuleSockets(),
    DiagnosticsInside(),
    Payload(),
    *map(CaptureFile, READERS),
    Compressed(),
    SweepFile(),
    SampleFile(),
    SampleDescription(),
    DiagnosticsFile(),
    SamsungFile(),
    KismetFile(),
    RayhunterFile(),
    RayhunterPlace(),
    Unread(),
    WideText(),
    ZeekFile(),
    BugReport(),
    PeopleFile(),
    RecordFile(),
    BlobTable(),
    TextLog(),
    Document(),
    ReceiverFile(),
    CardFile(),
    BinaryLog(),
    *outside("openers"),
    IMAGE,
)
