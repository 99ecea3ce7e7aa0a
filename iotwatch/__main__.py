"""``python -m iotwatch`` is the command line too."""

from iotwatch.cli import main

main()
