"""How a file gets safely onto the disk."""
