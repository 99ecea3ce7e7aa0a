"""Whose secrets opened a TLS connection, as evidence, findings and coverage say it."""

from __future__ import annotations

STEP = "tls"
"""The step that decrypts; its argument begins with the SHA-256 of the key log, or with the bytes of it that the capture holds."""
_DIGEST = 64


def whose(argument: str) -> str:
    """The secrets that the step's argument names."""
    keys = argument.partition(":")[0]
    return "secrets in the capture" if len(keys) < _DIGEST else f"the key log {keys[:16]}"
