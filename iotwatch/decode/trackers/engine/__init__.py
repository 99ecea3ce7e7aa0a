"""What dialects share: walking frames, patterns over text, check values, the report they fill."""
