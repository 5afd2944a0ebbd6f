"""Text recognition: pictures of pages become words and rulings with places."""

from .tesseract import (
    RENDER_DPI,
    Reading,
    available_ocr_languages,
    check_language,
    read_picture,
)

__all__ = [
    "RENDER_DPI",
    "Reading",
    "available_ocr_languages",
    "check_language",
    "read_picture",
]
