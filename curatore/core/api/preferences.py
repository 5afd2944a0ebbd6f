"""What a client would like, in the header Prefer (RFC 7240). Nothing is refused for it."""

import re

# Seconds; more digits than any wait has are not one.
_WAIT = re.compile(r'wait\s*=\s*"?(\d{1,9})"?', re.IGNORECASE)


def wait_seconds(prefer: str) -> int | None:
    """How long the client wants to wait at most; None when it does not say, or not in seconds."""
    for preference in prefer.split(","):
        if found := _WAIT.fullmatch(preference.partition(";")[0].strip()):
            return int(found[1])
    return None
