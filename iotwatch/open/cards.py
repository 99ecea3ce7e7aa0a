"""Files made for a SIM card: applications in CAP files, eSIM profile packages. They are opened like any image, and read too."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace as told

from iotwatch.decode.sim import applet, profile
from iotwatch.open.blob import Blob
from iotwatch.open.opened import Facts, Kit, Opened
from iotwatch.words.vantage import Vantage

_IN_ZIP = b"javacard/Header.cap"


class CardFile:
    """A card application, in a zip or alone, or a profile package."""

    name = "card-file"
    kind = "log"

    def claims(self, blob: Blob) -> bool:
        return bool(_form(blob))

    def open(self, blob: Blob, kit: Kit) -> Opened:

        from iotwatch.open.artefact import open_artefact

        opened, stream = open_artefact(blob, kit), blob.stream
        form = _form(blob)
        if form == profile.NAME:
            messages = profile.messages(stream)
        elif blob.container == "zip":
            inside = [one.stream for one in opened.blobs if one.path.endswith(".cap") and one.size > 3]
            messages = applet.messages(inside)
        else:
            messages = applet.messages(applet.parts(stream))
        facts = told(opened.facts or Facts(self.kind), kind=self.kind, format=form, vantage=Vantage.SIM)
        return msgspec.structs.replace(opened, facts=facts, messages=messages)


def _form(blob: Blob) -> str:
    head = blob.head
    if blob.container == "zip":
        return applet.NAME if _IN_ZIP in head or _IN_ZIP in blob.stream.data[-65_536:] else ""
    if applet.is_header(head):
        return applet.NAME
    return profile.NAME if profile.is_profile(head) else ""
