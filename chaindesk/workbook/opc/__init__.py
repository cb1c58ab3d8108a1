"""A workbook as a package (Open Packaging Conventions), and the parts that name its sheets, texts and formats."""
