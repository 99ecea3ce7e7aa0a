"""What told which end of a conversation is the device and which the far end."""

from __future__ import annotations

from iotwatch.words.said import Sentence, Word


class EndsBy(Word):
    """The evidence, the weightiest first: a member's value is its rank. Who was heard first is none."""

    HANDSHAKE = Sentence("TCP handshake")
    ECHO = Sentence("echo request and answer")
    CARRIER = Sentence("the wire that carried it tells its sides apart")
    DECLARED = Sentence("one end is a declared device of the case")
    SCOPE = Sentence("one end is on a private network, the other is not")
    STATED = Sentence("the messages say who they are from")
    MANY = Sentence("one end answers many others")
    SERVICE = Sentence("ports alone: one is a service's")
    ALONE = Sentence("only one end was heard")
    PORTS = Sentence("ports alone: the lower one was taken for the far end's")
    NOTHING = Sentence("nothing; the lower address was taken for the far end")

    @property
    def text(self) -> str:
        """The evidence in words."""
        return self.one

    @property
    def guess(self) -> bool:
        """Whether it is no more than a guess."""
        return self in (EndsBy.SERVICE, EndsBy.PORTS, EndsBy.NOTHING)

    @classmethod
    def named(cls, name: str) -> EndsBy | None:
        """The member of this name, as it was stored; ``None`` for another's or none."""
        return cls.__members__.get(name)
