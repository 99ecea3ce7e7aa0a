"""The protocols of the web, and those that every host speaks."""
