"""Runs chains over rows: asyncio only. It knows providers and the journal as protocols; ``session`` wires real ones."""
