"""One mail, however its file is built: what its header says, its text, and what is attached."""

from dataclasses import dataclass, field


@dataclass
class Html:
    text: str


@dataclass
class Plain:
    """`is_flowed`: lines that end in a space go on (RFC 3676), without it if `drops_space`."""

    text: str
    is_flowed: bool = False
    drops_space: bool = False


@dataclass
class Attachment:
    """A file in a mail; `message` is set instead of `data` for a mail that was read.

    `content_id` is the name by which the text shows it; `description` is what the mail says of it.
    """

    name: str
    media_type: str
    data: bytes = b""
    message: "Message | None" = None
    content_id: str = ""
    description: str = ""

    @property
    def is_picture(self) -> bool:
        return self.media_type.startswith("image/")


@dataclass
class Message:
    """`fields` are lines of the header that people read, by their labels; `body` is in order."""

    subject: str = ""
    fields: list[tuple[str, str]] = field(default_factory=list)
    body: list[Html | Plain | Attachment] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    is_encrypted: bool = False

    @property
    def has_html(self) -> bool:
        return any(isinstance(part, Html) for part in self.body)
