"""Reads .xls, .xlsb and .ods, of which just the values are read: such files cannot be patched."""
