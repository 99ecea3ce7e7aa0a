"""Structured payloads as trees of named values, each with its range."""
