"""Mail files as the engine reads them: from the first header on, in the encodings they state."""

import email
import email.policy
from email.message import Message

from ..encoding import narrowed


def mail_bytes(data: bytes) -> bytes:
    """The message in a mail file; one that was saved in UTF-16 or UTF-32 as a real message.

    There the text is in no encoding any more that a part of the message may state.
    """
    narrow = narrowed(data)
    if b"\0" in data and narrow != data:
        return restated(email.message_from_string(narrow.decode().lstrip())).as_bytes()
    return narrow.lstrip()


def restated(message: Message) -> Message:
    """A mail that was saved as a wide text: its parts are in no encoding that they may state."""
    for part in message.walk():
        content = part.get_payload()
        if isinstance(content, str) and not content.isascii():
            del part["Content-Transfer-Encoding"]
            part.set_payload(content, "utf-8")
    return message
