"""A workbook as a package of parts (Open Packaging Conventions), and the parts that say where things are."""
