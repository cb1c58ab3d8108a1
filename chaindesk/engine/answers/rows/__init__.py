"""What is known of each row of a sheet: its place in the columns, which row it was before, and what stands there."""
