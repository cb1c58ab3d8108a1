"""The command line over the engine. Nothing here, or below, imports Qt."""
