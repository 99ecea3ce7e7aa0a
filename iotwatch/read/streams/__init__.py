"""Kept payload to streams."""
