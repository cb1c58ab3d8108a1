"""What the journal knows, written into the workbook or into files that other programs read."""
