"""Which answer each row has: reused, edited by a person, or still to be asked for."""
