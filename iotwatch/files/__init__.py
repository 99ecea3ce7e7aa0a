"""What stands beside evidence (the case, the baseline, digests, printable names) and what several layers read alike."""
