"""What happens around a chain that is being chosen or written: the gallery, and trials of a step."""
