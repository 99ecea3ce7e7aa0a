"""What are these bytes? Decided once for each source."""
