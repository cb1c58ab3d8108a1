"""What ``watch`` does with the workbooks that are put into a folder."""
