"""The database -> what a person or a program reads. Never sees a capture."""
