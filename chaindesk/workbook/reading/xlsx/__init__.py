"""Reads the worksheets of .xlsx and .xlsm out of their XML, as a person sees their cells."""
