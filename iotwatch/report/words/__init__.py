"""What is said, in plain words."""
