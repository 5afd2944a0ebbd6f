"""Documents to Markdown with a judgement: bytes in, Markdown and quality out.

Knows no model, no job, no request, and imports no Django, so that the child process that does the
work starts fast. `Sandbox` is the door for everybody; `convert` runs the engines in this process.
"""

from .detection import Detected, detect
from .errors import ConversionError
from .formats import SUPPORTED_EXTENSIONS, SUPPORTED_FORMATS, Format
from .ocr import available_ocr_languages
from .options import ConversionOptions
from .pipeline import Conversion, convert
from .sandbox.parent import Progress, Sandbox
from .scoring.quality import Part, Quality, Total, is_rag_ready, shares, total
from .scoring.score import Evidence, score

__all__ = [
    "SUPPORTED_EXTENSIONS",
    "SUPPORTED_FORMATS",
    "Conversion",
    "ConversionError",
    "ConversionOptions",
    "Detected",
    "Evidence",
    "Format",
    "Part",
    "Progress",
    "Quality",
    "Sandbox",
    "Total",
    "available_ocr_languages",
    "convert",
    "detect",
    "is_rag_ready",
    "score",
    "shares",
    "total",
]
