"""Workbooks as manifests: reads any, and writes new columns into a copy of one. Needs nothing else of ChainDesk."""
