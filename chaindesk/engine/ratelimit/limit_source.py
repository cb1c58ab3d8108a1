"""Whether limits that replies report may be believed: answers confirm them, refusals alone may be mistaken."""

from __future__ import annotations

_MIN_REFUSALS, _MIN_REFUSED_SHARE = 3, 0.05  # of calls that kept to the limits: from there on the limits are wrong


class LimitSource:
    """Judges limits by where they were read.

    Limits in the headers of answers are believed. Limits that refusals alone report are followed as well, until calls
    that kept to them are refused all the same: then the provider goes by something else, or others use the key.
    """

    def __init__(self) -> None:
        self._confirmed = False  # answers report limits
        self._from_refusals = False  # those in force were reported by refusals alone
        self._kept = 0  # calls that kept to such limits and were answered
        self._violations = 0  # calls that kept to them and were refused

    @property
    def from_refusals(self) -> bool:
        """Whether the limits in force were reported by refusals alone."""
        return self._from_refusals

    def accept(self, *, refused: bool) -> bool:
        """Return whether the limits of a reply are to be followed.

        Args:
            refused: whether the reply was a refusal.
        """
        if refused and not self._confirmed:
            if self._disproved:
                return False
            self._from_refusals = True
        else:
            self._confirmed, self._from_refusals = self._confirmed or not refused, False
        return True

    def observe_success(self, *, from_refusals: bool) -> None:
        """A call was answered that was sent under such limits or not."""
        self._kept += from_refusals

    def observe_violation(self) -> bool:
        """Note that a call was refused though it kept to such limits; return whether they are to be dropped now."""
        self._violations += 1
        dropped = self._from_refusals and self._disproved
        if dropped:
            self._from_refusals = False
        return dropped

    @property
    def _disproved(self) -> bool:
        calls = self._kept + self._violations
        return self._violations >= _MIN_REFUSALS and self._violations >= _MIN_REFUSED_SHARE * calls
