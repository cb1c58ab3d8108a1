"""Model providers over HTTP: the only room that knows aiohttp. ``base`` holds what the engine sees of it."""
