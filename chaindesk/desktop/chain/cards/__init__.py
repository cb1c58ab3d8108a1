"""The steps of a chain as cards: forms that edit its text."""
