"""Archives: files one after the other, stored or compressed."""
