"""The seconds of a wait after a refusal: shared by the pauses of a whole key and by the retries of one call."""

FIRST_BACKOFF_S = 1.0
"""The ceiling of the first wait that the provider named no time for; it doubles from then on."""
MAX_BACKOFF_S = 60.0
"""The highest ceiling of a wait of one call that the provider named no time for."""
MAX_SHARED_BACKOFF_S = 10.0
"""The highest ceiling of a pause of all rows that the provider named no time for."""
MAX_RETRY_AFTER_S = 120.0
"""The longest wait that a provider is obeyed in."""
