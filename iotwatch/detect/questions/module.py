"""Which cellular module, or software that drives one, is in it?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from iotwatch.detect.detector import Scene
from iotwatch.detect.official_lists import with_listings
from iotwatch.detect.questions.device import Device, devices, hint
from iotwatch.detect.questions.module_files import TITLES, by_maker, by_model, credible, finding_of, is_same_model
from iotwatch.detect.severity import Behaviour
from iotwatch.detect.traces import GNSS, Trace, because, mistakes, traces
from iotwatch.model import Confidence, Evidence, Finding
from iotwatch.patterns import regex
from iotwatch.words.findings import Doubt, FindingKind, Reason, keyed
from iotwatch.words.kinds import Kind
from iotwatch.words.said import Said
from iotwatch.words.subjects import SubjectKind

_EVIDENCE_KEPT = 8
# Of what is said of a device, what is shown as evidence, the most telling first.
_SHOWN = (
    Kind.MODULE_MODEL, Kind.MODULE_FIRMWARE, Kind.IMEI, Kind.ICCID, Kind.IMSI, Kind.MODEM_CELLULAR, Kind.MODULE_VENDOR,
    Kind.USB_ID,
)  # fmt: skip
UNNAMED = "unnamed maker"

# Words that many makers leave in the model or product string, so that they name none.
_GENERIC = regex(
    r"(?i)mobile broadband|^(?:android|modem|usb ?modem|mobile|data ?card|usb data card|composite|wireless|module|lte|unknown)\b"
    r"|technologies msm|composite device|^[\w&.-]{0,12} ?(?:mobile|modem)$|lte-a module|^unisoc|^\d{1,2}$"
    r"|incorporated|usb \w+ port|phone"
)
_MODEL = regex(
    r"(?<![A-Za-z0-9])((?:[A-Z]{1,4}-)?[A-Z]{1,6}x?\d{1,5}[A-Za-z0-9]{0,8}(?:-[A-Z0-9]{1,8}){0,3})(?![A-Za-z0-9])"
)
_NOT_A_MODEL = regex(r"^(?:USB\d?|HS\d?|[2345]G|LTE\d?|CAT\d{0,2}|V\d+|SN\d+|M2M|MSM\d*|R\d+)$")
_CHIP_MAKERS = regex(
    r"(?i)\b(?:qualcomm|mediatek|unisoc|spreadtrum|marvell|asr ?micro|hisilicon|intel|android|linux|generic|eigencomm|sequans)\b"
)
_LEGAL_FORM = regex(
    r"(?i)[\s,.]+(?:inc(?:orporated)?|corp(?:oration)?|co|ltd|limited|gmbh|ag|s\.?a\.?r?\.?l?\.?|b\.?v|n\.?v|llc|company|technolog(?:y|ies))\b.*$"
)


class ModuleDetector:
    """One finding per device that is a module, per maker of host software and per chip that no module stands for."""

    name = "module"
    version = 3
    asks = "Is there a cellular module, whose is it, and is it the module itself or only software or a chip for one?"
    false_alarms = (
        "USB ids, AT answers, user agents and IMEI are what a device says of itself and can be forged. Host software names"
        " many modules and is none. Chip makers' USB ids are shared by many brands."
    )

    def look(self, scene: Scene) -> Iterator[Finding]:
        for finding in self._found(scene):
            yield with_listings(finding, scene.signatures)

    def _found(self, scene: Scene) -> Iterator[Finding]:
        found = list(credible([trace for trace in traces(scene) if trace.seen_in != GNSS]))
        files = {key: by_model(some) for key, some in by_maker(found).items()}
        described = [known for device in devices(scene, found) for known in describe(device)]
        counts: Counter[tuple[str, str]] = Counter()
        for one in described:
            models = files.get((one.role, one.vendor), {})
            for model in [model for model in models if is_same_model(model, one.model)]:
                one.agreeing += models.pop(model)
            counts[one.role, one.vendor] += 1
        for (role, vendor), models in files.items():
            counts[role, vendor] += len(models)
        alike: Counter[tuple[str, ...]] = Counter()
        for one in described:
            # The second of two that are told alike in one listing is the second in another listing too.
            told = (one.role, one.vendor, one.mark, one.device.listing)
            alike[told] += 1
            yield one.finding(self.name, alone=counts[one.role, one.vendor] == 1, number=alike[told])
        for role, vendor in sorted(files):
            several = counts[role, vendor] > 1
            for model, some in files[role, vendor].items():
                yield finding_of(self.name, role, vendor, some, mark=model if several else "")


class Described:
    """A device with what its traces say: maker, model, firmware, numbers; and how sure that is."""

    def __init__(self, device: Device, role: str, vendor: str, agreeing: list[Trace]) -> None:
        self.device = device
        self.role = role
        self.vendor = vendor
        self.agreeing = agreeing
        self.model = _model(device, vendor, agreeing)
        self.firmware = _firmware(device, agreeing)
        self.numbers = {kind: (device.values(kind) or [""])[0] for kind in ("imei", "iccid", "imsi")}

    @property
    def confidence(self) -> Confidence:
        """Self-declared is at most likely; certain needs two independent kinds of traces that agree."""
        sure = [trace for trace in self.agreeing if trace.match.confidence >= Confidence.LIKELY and not hint(trace)]
        if len({trace.seen_in for trace in sure}) >= 2:
            return Confidence.CERTAIN
        if sure or (self.role == "module" and not self.agreeing and self.vendor):
            return Confidence.LIKELY
        if not self.vendor:
            return Confidence.LIKELY
        return Confidence.POSSIBLE

    @property
    def mark(self) -> str:
        """What tells it from another one of its maker."""
        serial = next(iter(self.device.values(Kind.USB_SERIAL)), "")
        return self.numbers["imei"] or serial or self.model or str(self.device.places[0].subject)

    def finding(self, detector: str, *, alone: bool, number: int) -> Finding:
        """The finding; ``number`` counts those of the same mark in one listing."""
        name = f"{self.vendor or UNNAMED} {self.model}".strip()
        shown = f"{name}, firmware {self.firmware}" if self.firmware else name
        kinds = sorted({trace.seen_in for trace in self.agreeing} | self._said_in())
        shared = keyed(self.role, self.vendor)
        mark = self.mark if number == 1 else f"{self.mark} {number}"
        best = self.agreeing[0].match if self.agreeing else None
        return Finding(
            detector=detector,
            kind=FindingKind.MODULE,
            subject=name,
            key=shared if alone else keyed(shared, mark),
            former_keys=() if alone else (shared,),
            title=f"{shown}: {TITLES[self.role]}",
            severity=Behaviour.MODULE.severity,
            confidence=self.confidence,
            reasons=self._reasons(),
            doubts=(*mistakes(self.agreeing)[:6], *self._rivals(), Doubt.SELF_DECLARED()),
            evidence=self._evidence(),
            signature=best.signature if best else "",
            facts=self._facts(kinds, best.country if best else ""),
            rows=(("modules", self._row(kinds)),),
        )

    def _said_in(self) -> set[str]:
        """Where unnamed or self-named devices were seen: their traces match no signature."""
        if self.agreeing:
            return set()
        return {"usb" if place.subject.kind is SubjectKind.USB else "at" for place in self.device.places}

    def _reasons(self) -> tuple[Said, ...]:
        reasons = because(self.agreeing)
        if not self.agreeing and self.vendor:
            reasons.append(Reason.MAKER_SAID(maker=self.vendor))
        sign = self.device.cellular
        if sign is not None:
            reasons.append(Reason.CELLULAR_SIGN(value=sign.value))
        return tuple(dict.fromkeys([*reasons, *self.device.ties]))[:14]

    def _rivals(self) -> tuple[Said, ...]:
        others = {
            trace.match.vendor
            for trace in self.device.traces
            if trace.match.identifies == "module" and trace.match.vendor not in ("", self.vendor) and not hint(trace)
        }
        return (Doubt.OTHER_MAKERS(makers=", ".join(sorted(others))),) if others else ()

    def _evidence(self) -> tuple[Evidence, ...]:
        places = [trace.observation.evidence for trace in self.agreeing]
        for kind in _SHOWN:
            places += [observation.evidence for observation in self.device.said.get(kind, ())[:1]]
        unique = {(one.source, one.path, one.place): one for one in places}
        return tuple(unique.values())[:_EVIDENCE_KEPT]

    def _facts(self, kinds: list[str], country: str) -> dict[str, Any]:
        device = self.device
        chips = sorted({trace.match.vendor for trace in device.traces if trace.match.identifies == "chipset"})
        operators = sorted({trace.match.vendor for trace in device.traces if trace.match.identifies == "operator"})
        facts: dict[str, Any] = {
            **self._names(),
            "seen_in": kinds,
            # That it is a cellular modem may be sure where its maker is not.
            "cellular": device.cellular is not None,
            "country": country,
            "chipset": chips,
            "usb": device.values(Kind.USB_ID),
            "apn": device.values("apn")[:8],
            "operator": device.values("operator")[:8],
            "sim_operator": operators,
            **{kind: value for kind, value in self.numbers.items() if value},
        }
        interfaces = next(
            (one.facts.get("interfaces") for one in device.said.get(Kind.USB_ID, ()) if one.facts.get("interfaces")),
            None,
        )
        if interfaces:
            facts["interfaces"] = interfaces
        return {name: value for name, value in facts.items() if value or name in ("vendor", "model", "country")}

    def _names(self) -> dict[str, str]:
        return {"vendor": self.vendor, "model": self.model, "firmware_version": self.firmware, "role": self.role}

    def _row(self, kinds: list[str]) -> dict[str, Any]:
        sure = self.confidence.name.lower()
        return {**self._names(), "seen_in": ",".join(kinds), **self.numbers, "confidence": sure}


def describe(device: Device) -> list[Described]:
    """What the device is, as a module, a chip, or both when the module's maker is a guess; nothing without a modem."""
    named = [trace for trace in device.traces if _names_module(trace, device)]
    chip = _chip(device)
    if named:
        vendor = max({trace.match.vendor for trace in named}, key=lambda one: (_weight(named, one), one))
        agreeing = [
            trace
            for trace in device.traces
            if trace.match.vendor == vendor and trace.match.identifies in ("module", "vendor")
        ]
        agreeing.sort(key=lambda trace: (hint(trace), -trace.match.confidence))
        module = Described(device, "module", vendor, agreeing)
        return [module, *chip] if module.confidence == Confidence.POSSIBLE else [module]
    if device.cellular is None:
        return []
    makers = [one.value for one in device.said.get(Kind.USB_STRING, ()) if one.facts.get("which") == "manufacturer"]
    declared = next(
        (vendor for text in (*device.values(Kind.MODULE_VENDOR), *makers) if (vendor := _declared(text))), ""
    )
    if declared:
        return [Described(device, "module", declared, [])]
    return chip or [Described(device, "module", "", [])]


def _chip(device: Device) -> list[Described]:
    """The chip that a modem shows; a chip maker's id on what is no modem says nothing here."""
    chips = [trace for trace in device.traces if trace.match.identifies == "chipset" and trace.match.vendor]
    if not chips or device.cellular is None:
        return []
    vendor = max(chips, key=lambda trace: trace.match.confidence).match.vendor
    return [Described(device, "chipset", vendor, [trace for trace in chips if trace.match.vendor == vendor])]


def _names_module(trace: Trace, device: Device) -> bool:
    """Whether a trace names the maker of a module: by itself, or on a device that shows that it is a modem."""
    match, observation = trace.match, trace.observation
    if not match.vendor or trace.seen_in == "identity" or observation.facts.get("plain"):
        return False
    if match.identifies == "vendor":
        return device.cellular is not None and trace.seen_in in ("usb", "at")
    if match.identifies != "module":
        return False
    if hint(trace):
        plugin = observation.facts.get("basis") == "ModemManager plugin"
        return (plugin or device.cellular is not None) and not _CHIP_MAKERS.search(match.vendor)
    if observation.kind == Kind.USB_ID and match.signature.endswith(":*") and match.confidence == Confidence.POSSIBLE:
        return device.cellular is not None
    return True


def _weight(named: Sequence[Trace], vendor: str) -> tuple[int, int, bool, bool, int]:
    """How well a maker is named: by its surest trace, in how many kinds of traces, as the owner of the USB id (another
    maker's product on a lent id is only a guess), by a product, and how often."""
    mine = [trace for trace in named if trace.match.vendor == vendor]
    plain = [trace for trace in mine if not hint(trace)]
    best = max((int(trace.match.confidence) + 1 for trace in plain), default=0)
    owner = any(trace.match.signature.endswith(":*") for trace in plain)
    return best, len({trace.seen_in for trace in plain}), owner, any(trace.match.product for trace in plain), len(mine)


def _declared(text: str) -> str:
    """A maker's name as a modem gives it, without its legal form; chip makers' names name no module's maker."""
    name = _LEGAL_FORM.sub("", text).strip(" ,.")
    return "" if _CHIP_MAKERS.search(name) or not re.search(r"[A-Za-z]{2}", name) or len(name) > 40 else name


def _model(device: Device, vendor: str, agreeing: Sequence[Trace]) -> str:
    """The model as the modem gives it, else as its firmware's name, its USB strings or its id tell it."""
    for text in device.values(Kind.MODULE_MODEL):
        if not _GENERIC.search(text):
            return text
    kinds = (Kind.MODULE_FIRMWARE, Kind.MODULE_MODEL, Kind.AT_ANSWER, Kind.USB_STRING, Kind.USB_NAME)
    for kind in kinds:
        for trace in agreeing:
            if trace.observation.kind == kind and trace.match.product and kind not in (Kind.USB_STRING, Kind.USB_NAME):
                return trace.match.product
    products = [one.value for one in device.said.get(Kind.USB_STRING, ()) if one.facts.get("which") == "product"]
    for text in (*products, *device.values(Kind.USB_NAME)):
        token = _token(text)
        if token:
            return token
    for text in products:
        if not _GENERIC.search(text) and vendor and vendor.lower() in text.lower():
            return text
    exact = [trace.match.product for trace in agreeing if trace.observation.kind == Kind.USB_ID and trace.match.product]
    return _common(exact[0]) if exact else ""


def _common(product: str) -> str:
    """The model of an id whose rows name variants of one model; nothing when they name several models."""
    names = product.removesuffix(" ...").split(" / ")
    shortest = min(names, key=len)
    alike = not re.search(r"[/,]", shortest) and all(name.startswith(shortest) for name in names)
    return shortest if alike else ""


def _token(text: str) -> str:
    """The word of a product string that has the form of a model: capitals and digits."""
    for found in _MODEL.finditer(text.replace("_", " ")):
        if not _NOT_A_MODEL.match(found[1]):
            return found[1]
    return ""


def _firmware(device: Device, agreeing: Sequence[Trace]) -> str:
    """The firmware version: what a signature reads as one first, then as said; the longest form of the same."""
    told = device.values(Kind.MODULE_FIRMWARE)
    known = [
        trace.match.version
        for trace in agreeing
        if trace.match.version and trace.observation.kind in (Kind.MODULE_FIRMWARE, Kind.AT_ANSWER)
    ]
    candidates = [*known, *(text for text in told if not text.startswith("MPSS."))]
    if not candidates:
        return ""
    first = candidates[0]
    return max((text for text in candidates if first in text or text in first), key=len)
