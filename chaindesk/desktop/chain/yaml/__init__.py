"""The tab of the chain editor that shows its text as YAML."""
