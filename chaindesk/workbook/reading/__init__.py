"""A file of any kind as the manifest that its sheet holds."""
