"""Text recognition: pictures of pages become words and rulings with places."""

from .tesseract import RENDER_DPI, available_ocr_languages, check_language

__all__ = ["RENDER_DPI", "available_ocr_languages", "check_language"]
