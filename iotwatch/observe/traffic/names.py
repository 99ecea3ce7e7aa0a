"""What messages say of the flows they came in: protocol, the far end's name, its fingerprint."""

from __future__ import annotations

import msgspec

from iotwatch.decode.message import Message
from iotwatch.words.hosts import read_host
from iotwatch.words.kinds import Kind


class Names(msgspec.Struct):
    """What messages say of their flows, and which name an address was given by DNS."""

    protocol: dict[int, str] = msgspec.field(default_factory=dict)
    server: dict[int, str] = msgspec.field(default_factory=dict)
    ja4: dict[int, str] = msgspec.field(default_factory=dict)
    address: dict[str, str] = msgspec.field(default_factory=dict)

    def learn(self, message: Message) -> None:
        flow = message.stream.flow
        for trait in message.traits:
            if trait.kind == Kind.DNS_ANSWER:
                for address in trait.facts.get("addresses", ()):
                    self.address.setdefault(str(address), trait.value)
            elif flow is not None and trait.kind in (Kind.TLS_SNI, Kind.HTTP_HOST):
                self.server.setdefault(flow.index, read_host(trait.value).name)
            elif flow is not None and trait.kind == Kind.TLS_JA4:
                self.ja4.setdefault(flow.index, trait.value)
        if flow is not None:
            self.protocol.setdefault(flow.index, message.protocol)

    def of(self, flow: int, server: str) -> str:
        """The far end's name: what the client asked for in the flow itself, else the name that DNS gave the address."""
        return self.server.get(flow) or self.address.get(server, "")
