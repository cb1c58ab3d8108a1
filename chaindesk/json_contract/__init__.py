"""What ``--json`` prints, as typed values: every line's fields, how they become JSON, and the JSON Schema of all."""
