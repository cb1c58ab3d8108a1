"""The simulated provider: a real HTTP server on loopback that speaks every wire format and counts what it is asked."""
