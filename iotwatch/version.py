"""The version of the program; beside ``__init__``, which names public things from above, so that all may import it."""

__version__ = "0.1.0"
