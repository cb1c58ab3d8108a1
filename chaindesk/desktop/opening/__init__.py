"""What is shown before a workbook is open, and where it came from afterwards."""
