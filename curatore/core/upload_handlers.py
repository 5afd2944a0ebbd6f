"""Uploaded files while they stream in: how many, and nothing is kept of one that is too large."""

from io import BytesIO
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import TooManyFilesSent
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, TemporaryFileUploadHandler
from django.http.multipartparser import MultiPartParser


class CountingUploadHandler(FileUploadHandler):
    """Bounds the parts of a body; the first of all handlers.

    Django counts fields, and files that belong to one: parts with a `filename` but no `name` it
    passes over, however many millions they are.
    """

    def handle_raw_input(
        self,
        input_data: Any,  # has read(size)
        META: dict[str, Any],  # noqa: N803  # Django's name
        content_length: int,
        boundary: Any,  # bytes
        encoding: str | None = None,
    ) -> Any:
        """What Django makes of the body with the other handlers.

        Raises:
            TooManyFilesSent: it has more parts than files and fields are allowed together.
        """
        handlers = self.request.upload_handlers if self.request else []
        others = [handler for handler in handlers if handler is not self]
        counted: Any = CountedParts(input_data, b"--" + boundary)
        return MultiPartParser(META, counted, others, encoding).parse()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


class CountedParts:
    """A body that breaks off at too many separators: wherever one stands, a part begins."""

    def __init__(self, body: IO[bytes], separator: bytes) -> None:
        self.body = body
        self.separator = separator
        self.tail = b""  # of what was read, too short to hold a separator
        parts = settings.DATA_UPLOAD_MAX_NUMBER_FILES + settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
        self.left = parts + 1  # separators: the last part has one behind it, too

    def read(self, size: int = -1) -> bytes:
        data = self.body.read(size)
        seen = self.tail + data
        self.left -= seen.count(self.separator)
        if self.left < 0:
            raise TooManyFilesSent("The body has too many parts.")
        self.tail = seen[len(seen) - len(self.separator) + 1 :]
        return data


class BoundedFileUploadHandler(TemporaryFileUploadHandler):
    """Gives up what it kept of a file once that exceeds MAX_UPLOAD_SIZE, and only counts the rest.

    The view gets the file's name and full size without content: it refuses this file in its own
    words, and may accept the others of the request.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) <= settings.MAX_UPLOAD_SIZE:
            super().receive_data_chunk(raw_data, start)
        else:
            self.file.close()  # which deletes it; a second time does nothing

    def file_complete(self, file_size: int) -> UploadedFile | None:
        if file_size <= settings.MAX_UPLOAD_SIZE:
            return super().file_complete(file_size)
        return UploadedFile(BytesIO(), self.file_name, self.content_type, size=file_size)
