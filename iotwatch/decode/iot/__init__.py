"""Brokers, constrained devices, vehicle buses, and the frames of makers."""
