"""What told whose a position is, where its own message names nobody."""

from __future__ import annotations

from iotwatch.words.said import Sentence, Word


class NamedBy(Word):
    """Where the id stands, the nearest to the position first."""

    AROUND = Sentence("the document that it stands in")
    HEAD = Sentence("the head of its request")
    TOPIC = Sentence("the topic that it was published to")
    TARGET = Sentence("the address that was asked")
    LOGIN = Sentence("another message of the conversation")
    ENDPOINT = Sentence("the LwM2M registration of the conversation")
    CLIENT = Sentence("the client id of the MQTT connection")
