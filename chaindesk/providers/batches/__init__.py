"""Batch jobs at half price: one protocol, and each provider's own form of it."""
