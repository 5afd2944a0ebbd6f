"""Uploaded files while they stream in: nothing is kept of a file that is too large."""

from io import BytesIO

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler


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
