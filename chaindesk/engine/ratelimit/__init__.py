"""How fast the calls of one key may go: what the provider said, what its refusals taught."""
