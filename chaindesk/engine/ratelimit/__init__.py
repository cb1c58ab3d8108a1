"""How fast the calls of one key may be sent: what the provider reports, and what its refusals teach."""
