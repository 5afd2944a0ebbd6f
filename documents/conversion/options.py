"""What a caller can choose about one conversion."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self


@dataclass(frozen=True)
class ConversionOptions:
    """Options of one conversion; the defaults are the product's defaults.

    `ocr_language` is a Tesseract name or several joined by +, such as "eng+deu", or "auto": the
    language of each page is found out among the installed ones. `ocr_psm` is
    Tesseract's page segmentation mode (1-13). `ocr_confidence_threshold` (0-1) is the mean word
    confidence below which a page is reported as unsure.
    """

    ocr_enabled: bool = True
    ocr_force: bool = False
    ocr_language: str = "auto"
    ocr_psm: int = 3
    ocr_confidence_threshold: float = 0.8
    auto_optimize: bool = True

    @classmethod
    def from_processing_options(cls, options: Mapping[str, Any]) -> Self:
        """From a job's options; what is missing there keeps its default here."""
        ocr = options.get("ocr_settings") or {}
        given = {f"ocr_{name}": value for name, value in ocr.items()} | {**options}
        return cls(**{own.name: given[own.name] for own in fields(cls) if own.name in given})

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)
