"""New columns into a workbook whose every other byte stays."""
