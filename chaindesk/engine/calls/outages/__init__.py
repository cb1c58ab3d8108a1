"""What failing calls say together: an address that is away, a refused key, or a row that nobody can digest."""
