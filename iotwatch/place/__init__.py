"""Walking back: named steps, and places applied over a source again."""
