"""The way of one row through its chain: what each step needs is found, asked for, checked, stored and told."""
