"""File systems of flash memory and disks, read from bytes."""
