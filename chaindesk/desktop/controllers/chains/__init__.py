"""What happens around a chain that is being chosen or written: new ones, the gallery, and trials of a step."""
