"""Dialects that need code: one module each."""
