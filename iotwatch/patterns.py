"""Regular expressions that are compiled when they are first asked.

A run asks few of the many that the tree holds, and compiling all of them took a sixth of a small scan. So modules write
``regex(...)`` where they stand, and ``re.compile`` only inside functions.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


class _Lazy:
    """Stands for a compiled pattern: the first method that is asked compiles it, and all are the pattern's own from then on."""

    def __init__(self, pattern: str | bytes, flags: int) -> None:
        self.pattern = pattern
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        # Asked only for what is not there yet; copying asks for names that no pattern has.
        if name not in _METHODS:
            raise AttributeError(name)
        compiled = re.compile(self.pattern, self._flags)
        vars(self).update({method: getattr(compiled, method) for method in _METHODS})
        return vars(self)[name]


_METHODS = frozenset(name for name in dir(re.Pattern) if not name.startswith("_")) - {"pattern"}


def regex(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """What ``re.compile`` gives, made at first use: so a wrong pattern raises ``re.error`` there, and in a test of the tree."""
    return cast("re.Pattern[AnyStr]", _Lazy(pattern, flags))
