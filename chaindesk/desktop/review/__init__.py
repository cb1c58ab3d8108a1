"""The side panel in which answers are read, edited and reviewed."""
