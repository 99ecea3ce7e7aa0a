"""Wrappers of boot and update images: headers around parts."""
