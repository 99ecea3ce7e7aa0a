"""How many files are handled: one plan, processes side by side, folders that are watched, databases that are joined."""
