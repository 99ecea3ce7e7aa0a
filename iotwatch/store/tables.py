"""All tables of the database. A column that is added here is made in old databases by a migration (``schema.py``)."""

from __future__ import annotations

from typing import Any

import msgspec

from iotwatch.files.case import Case
from iotwatch.files.drive import Drive
from iotwatch.model import Confidence, Cut, Damage, Direction, Severity, Step
from iotwatch.store.rows import PackedEvidence
from iotwatch.store.table import (
    BLOB,
    DOUBTS,
    FLAG,
    HEX,
    INTEGER,
    ISO_TIME,
    REAL,
    TEXT,
    TIME,
    Kind,
    Table,
    indexed,
    json,
    level,
    unique,
    word,
)
from iotwatch.words.measures import Measure
from iotwatch.words.trouble import Trouble

RUNS = Table(
    "runs",
    "One row per scan.",
    started=TIME,
    finished=TIME,
    version=TEXT,
    signatures_version=TEXT,
    arguments=TEXT,
)
ASSETS = Table(
    "assets",
    "Cars or devices under test, with their verdict and why.",
    name=unique(TEXT),
    verdict=TEXT,
    verdict_reason=TEXT,
    verdict_ground=TEXT,
    verdict_findings=json(tuple[str, ...]),
    judged_at=TIME,
    first_seen=TIME,
    last_seen=TIME,
    scope=json(tuple[str, ...]),
    case_file=json(Case | None),
    drives=json(tuple[Drive, ...]),
    # What its far ends are counted under in the fleet, as its judgement found them.
    reached=json(tuple[tuple[str, ...], ...]),
)
SOURCES = Table(
    "sources",
    "Input files with SHA-256, where they were taken, and whether they were read whole.",
    run_id=INTEGER,
    options_hash=TEXT,
    sha256=indexed(TEXT),
    path=TEXT,
    asset=indexed(TEXT),
    vantage=TEXT,
    kind=TEXT,
    format=TEXT,
    bytes=INTEGER,
    packets=INTEGER,
    link_types=json(dict[str, int]),
    first_seen=TIME,
    last_seen=TIME,
    complete=FLAG,
    damage=json(tuple[Damage, ...]),
    status=TEXT,
    seconds=REAL,
    version=TEXT,
    signatures_version=TEXT,
    reason=TEXT,
    trouble=word(Trouble),
)
FLOWS = Table(
    "flows",
    "Conversations: one row per five-tuple.",
    source_id=indexed(INTEGER),
    transport=TEXT,
    client=TEXT,
    client_port=INTEGER,
    server=TEXT,
    server_port=INTEGER,
    first_seen=ISO_TIME,
    last_seen=ISO_TIME,
    packets_up=INTEGER,
    packets_down=INTEGER,
    bytes_up=INTEGER,
    bytes_down=INTEGER,
    protocol=TEXT,
    server_name=TEXT,
    ja4=TEXT,
    client_mac=TEXT,
    server_mac=TEXT,
    tunnel=TEXT,
)
CONTACTS = Table(
    "contacts",
    "A client reaching a far end. Times are packed: the first, in microseconds and 8 bytes, and then differences; sizes and frames"
    " are one number an event, offsets and lengths those of the first and the last packet. Numbers of one row are 4 bytes wide"
    " where all fit, else 8, little-endian.",
    source_id=indexed(INTEGER),
    client=TEXT,
    server=TEXT,
    server_port=INTEGER,
    transport=TEXT,
    server_name=TEXT,
    kind=TEXT,
    events=INTEGER,
    times=BLOB,
    sizes=BLOB,
    frames=BLOB,
    offsets=BLOB,
    lengths=BLOB,
    first_bytes=BLOB,
    last_bytes=BLOB,
    origin_place=INTEGER,
    client_mac=TEXT,
    first_seen=TIME,
)
ENDPOINTS = Table(
    "endpoints",
    "Far ends that were reached, asked for or named, with what a signature knows of them.",
    asset=indexed(TEXT),
    address=TEXT,
    name=TEXT,
    port=INTEGER,
    country=TEXT,
    as_name=TEXT,
    vendor=TEXT,
    purpose=TEXT,
)
BEACONS = Table(
    "beacons",
    "Repeated outbound contact; chance is how likely such regularity comes by accident.",
    asset=indexed(TEXT),
    client=TEXT,
    server=TEXT,
    server_name=TEXT,
    port=INTEGER,
    transport=TEXT,
    kind=TEXT,
    events=INTEGER,
    interval_s=REAL,
    jitter=REAL,
    score=REAL,
    chance=REAL,
    first_seen=ISO_TIME,
    last_seen=ISO_TIME,
    finding_id=INTEGER,
)
MODULES = Table(
    "modules",
    "Cellular modules, hosts that can drive one, and chipsets.",
    asset=indexed(TEXT),
    vendor=TEXT,
    model=TEXT,
    firmware_version=TEXT,
    role=TEXT,
    seen_in=TEXT,
    imei=TEXT,
    iccid=TEXT,
    imsi=TEXT,
    confidence=TEXT,
    finding_id=INTEGER,
)
POSITIONS = Table(
    "positions",
    "Every place that was stated; direction up leaves over a network, broadcast is radio to whoever listens.",
    source_id=indexed(INTEGER),
    asset=indexed(TEXT),
    flow_id=INTEGER,
    frame=INTEGER,
    time=TIME,
    latitude=REAL,
    longitude=REAL,
    valid=FLAG,
    dialect=TEXT,
    reported_id=TEXT,
    method=TEXT,
    direction=word(Direction),
    server=TEXT,
    server_port=INTEGER,
    checksum=TEXT,
    place_id=INTEGER,
    client=TEXT,
    server_name=TEXT,
    transport=TEXT,
    confidence=level(Confidence),
    doubts=DOUBTS,
    facts=json(dict[str, Any]),
    evidence=json(PackedEvidence),
)
ARTEFACTS = Table(
    "artefacts",
    "Files and parts found inside images.",
    source_id=indexed(INTEGER),
    path=TEXT,
    sha256=TEXT,
    size=INTEGER,
    type=TEXT,
    status=TEXT,
    note=TEXT,
)
DETECTORS = Table(
    "detectors",
    "The questions that were asked, and what answers them falsely.",
    name=unique(TEXT),
    version=INTEGER,
    asks=TEXT,
    false_alarms=TEXT,
)
FINDINGS = Table(
    "findings",
    "What observations mean; severity is how bad if true, confidence how sure.",
    fingerprint=indexed(TEXT),
    aliases=json(tuple[str, ...]),
    asset=indexed(TEXT),
    kind=TEXT,
    subject=TEXT,
    title=TEXT,
    severity=level(Severity),
    confidence=level(Confidence),
    detector=TEXT,
    detector_version=INTEGER,
    signature=TEXT,
    reasons=json(tuple[str, ...]),
    doubts=json(tuple[str, ...]),
    facts=json(dict[str, Any]),
    first_seen=TIME,
    last_seen=TIME,
)
FINDING_POSITIONS = Table(
    "finding_positions",
    "Which positions stand behind a finding.",
    finding_id=indexed(INTEGER),
    position_id=INTEGER,
)
PLACES = Table(
    "places",
    "Where bytes stand: a tree of cuts and named steps.",
    source_id=indexed(INTEGER),
    parent=INTEGER,
    operation=Kind(str, check=msgspec.json.Decoder(Cut | Step).decode),
)
EVIDENCE = Table(
    "evidence",
    "Where each finding stands in its source.",
    finding_id=indexed(INTEGER),
    source_id=INTEGER,
    place_id=INTEGER,
    frame=INTEGER,
    path=TEXT,
    offset=INTEGER,
    length=INTEGER,
    excerpt=HEX,
    display_filter=TEXT,
    time=TIME,
)
OBSERVATIONS = Table(
    "observations",
    "What was seen, once per kind, subject and value of a source.",
    source_id=indexed(INTEGER),
    kind=TEXT,
    subject=TEXT,
    value=TEXT,
    time=TIME,
    evidence=json(PackedEvidence),
    count=INTEGER,
    facts=json(dict[str, Any]),
)
COVERAGE = Table(
    "coverage",
    "What was, and was not, looked at.",
    source_id=indexed(INTEGER),
    measure=word(Measure),
    value=REAL,
    note=TEXT,
    subject=TEXT,
)
STRETCHES = Table(
    "stretches",
    "When a source listened: packets came without a pause of more than five minutes, by stamps that can be believed.",
    source_id=indexed(INTEGER),
    first_seen=TIME,
    last_seen=TIME,
)
DECISIONS = Table(
    "decisions",
    "The analysts' words: expected or explained, by whom, why, until when.",
    word=TEXT,
    asset=TEXT,
    target=json(dict[str, str]),
    author=TEXT,
    reason=TEXT,
    created=TIME,
    expires=TIME,
    removed=TIME,
    baseline=TEXT,
)
CHANGES = Table(
    "changes",
    "What the latest sweep of an asset changed: its verdict, and findings that are new, changed or gone.",
    asset=indexed(TEXT),
    sweep=INTEGER,
    since=TIME,
    what=TEXT,
    change=TEXT,
    fingerprint=TEXT,
    name=TEXT,
    before=TEXT,
    after=TEXT,
)
TABLES = {one.name: one for one in list(globals().values()) if isinstance(one, Table)}
# What goes with the row that it hangs on.
OF_SOURCE = (FLOWS, CONTACTS, POSITIONS, OBSERVATIONS, ARTEFACTS, PLACES, COVERAGE, STRETCHES)
OF_FINDING = (EVIDENCE, FINDING_POSITIONS)
JUDGED = (FINDINGS, BEACONS, MODULES, ENDPOINTS)
