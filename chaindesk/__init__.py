"""ChainDesk runs chains of model calls over the rows of a workbook, side by side and safely."""

__version__ = "0.1.0"
