"""Packets to flows and contacts."""
