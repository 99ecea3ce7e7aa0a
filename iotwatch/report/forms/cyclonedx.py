"""What stands in images as a CycloneDX 1.6 bill of materials in JSON (CycloneDX specification 1.6, ECMA-424).

Each image is a component of type ``firmware`` with its hash; inside it stand the programs whose name and version were told, with
their package URL and CPE name where they have one, and the files. Where a component was found is told as ``evidence.occurrences``.
Nothing in it depends on when it is written.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator
from typing import IO, Any

from iotwatch.report.forms.package_names import cpe, package_url
from iotwatch.report.reader import EvidenceReader, Reader
from iotwatch.store import queries
from iotwatch.version import __version__

Part = dict[str, Any]
_SYSTEM = "os-release"
_NAMESPACE = uuid.UUID("0f2b7a0c-0d3c-5d36-8a51-3c1a6a9de6e4")


def write_cyclonedx(reader: EvidenceReader, out: IO[str], asset: str = "") -> int:
    """Write the bill of one asset's images, or of all; gives the number of components inside the images."""
    images = list(_images(reader, asset))
    parts = [part for image in images for part in image["components"]]
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(_NAMESPACE, json.dumps(images, sort_keys=True))}",
        "version": 1,
        "metadata": {
            "tools": {"components": [{"type": "application", "name": "iotwatch", "version": __version__}]},
            "component": {"type": "device", "bom-ref": "asset", "name": asset or "all assets"},
        },
        "components": images,
        "dependencies": [{"ref": "asset", "dependsOn": [image["bom-ref"] for image in images]}],
    }
    json.dump(document, out, ensure_ascii=False, indent=1, sort_keys=True)
    out.write("\n")
    return len(parts)


def _images(reader: EvidenceReader, asset: str) -> Iterator[Part]:
    whole = reader.whole
    for row in whole.ask(queries.sources.images, asset):
        reference = f"image:{row['sha256'][:16]}:{row['asset']}"
        name = row["path"].rpartition("/")[2]
        parts = [*_programs(whole, row["id"], reference), *_files(whole, row["id"], reference)]
        yield {
            "type": "firmware",
            "bom-ref": reference,
            "name": reader.told(name),
            "hashes": [{"alg": "SHA-256", "content": row["sha256"]}],
            "components": [_told(reader, part) for part in parts],
        }


def _programs(reader: Reader, source: int, image: str) -> Iterator[Part]:
    """Programs that tell their name and version, each once with the places that told it."""
    rows = [row for row in reader.ask(queries.observations.components, source) if row["name"]]
    systems = (row["name"].partition(" ")[0].lower() for row in rows if row["listed"] == _SYSTEM)
    distribution = next((one for one in systems if one.isalnum()), "")
    places: dict[tuple[str, str, str, str], list[str]] = {}
    for row in rows:
        key = (row["name"], row["version"] or "", row["listed"] or "", row["architecture"] or "")
        places.setdefault(key, []).append(row["path"] or "")
    for (name, version, listed, architecture), paths in places.items():
        told_by = f"{listed}:{architecture}" if architecture else listed
        part: Part = {
            "type": "operating-system" if listed == _SYSTEM else "application",
            "bom-ref": f"{image}/{told_by}/{name}@{version}",
            "name": name,
        }
        if version:
            part["version"] = version
        if url := package_url(name, version, listed, architecture, distribution):
            part["purl"] = url
        if known := cpe(name, version):
            part["cpe"] = known
        occurrences = [{"location": path} for path in dict.fromkeys(paths) if path]
        if occurrences:
            part["evidence"] = {"occurrences": occurrences}
        yield part


def _files(reader: Reader, source: int, image: str) -> Iterator[Part]:
    seen: set[str] = set()
    for row in reader.ask(queries.artefacts.of_source, source):
        if row["path"] in seen:
            continue
        seen.add(row["path"])
        yield {
            "type": "file",
            "bom-ref": f"{image}/file/{hashlib.sha256(row['path'].encode()).hexdigest()[:16]}",
            "name": row["path"],
            "hashes": [{"alg": "SHA-256", "content": row["sha256"]}],
            "properties": [
                {"name": "iotwatch:type", "value": row["type"]},
                {"name": "iotwatch:status", "value": row["status"]},
                {"name": "iotwatch:bytes", "value": str(row["size"])},
            ],
        }


def _told(reader: Reader, part: Part) -> Part:
    """Paths can hold numbers of devices."""
    hidden: Part = {"name": reader.told(part["name"])}
    if "evidence" in part:
        told = [{"location": reader.told(one["location"])} for one in part["evidence"]["occurrences"]]
        hidden["evidence"] = {"occurrences": told}
    if hidden["name"] != part["name"]:
        part = {key: value for key, value in part.items() if key not in ("purl", "cpe")}
    return {**part, **hidden}
