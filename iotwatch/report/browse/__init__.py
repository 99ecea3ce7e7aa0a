"""The database in a browser."""
