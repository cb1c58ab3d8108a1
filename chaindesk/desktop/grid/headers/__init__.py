"""The header of the table: its columns' places, widths, menus and filters."""
