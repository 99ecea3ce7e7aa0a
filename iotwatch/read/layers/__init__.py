"""Layer by layer through a batch of packets."""
