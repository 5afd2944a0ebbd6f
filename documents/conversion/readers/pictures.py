"""Picture files: every frame is a page, and OCR reads it."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from .. import errors
from ..document import Block, Document, PageInfo
from ..layout import engine
from ..layout.page import SourcePage
from ..ocr import RENDER_DPI, check_language
from ..ocr.ahead import Readers, in_order
from ..ocr.placing import Placing, place_in_pictures
from ..ocr.scan import Scan, read_scan
from ..options import ConversionOptions
from ..reading import Reading, Report
from ..troubles import DAMAGED, too_many_pixels

MAX_PIXELS = 100_000_000
SMALL = 1500  # pixels; letters in smaller pictures are usually too low for Tesseract
ASSUMED_DPI = 150
LONGEST_SHEET, USUAL_SHEET = 17.5, 11.7  # inches: A3 and A4
ANIMATED = frozenset({"gif", "png", "webp"})  # frames of TIFF are pages, also twins
DEEP_GRAY = ("I", "F")  # modes that begin so have more than 8 bits
# White in files of so many bits: fractions of one, then 8, 10, 12 and 16. Scanners with 12 bits
# store them in 16, and do not say so.
WHITES = (1, 255, 1023, 4095, 65_535)


def read(
    path: Path, filename: str, options: ConversionOptions, report: Report, *, format_name: str
) -> Reading:
    """Read all frames of a picture file; two are read ahead of the one that is waited for."""
    if not options.ocr_enabled:
        raise errors.ocr_disabled(filename)
    check_language(options.ocr_language)
    with opened(path, format_name) as image, Readers() as readers:
        run = _Run(image, options, report, readers, is_animated=format_name in ANIMATED)
        blocks = engine.read(run.pages())
    place_in_pictures(blocks, run.placings)
    return Reading(Document(blocks, run.infos), "tesseract")


@dataclass
class _Run:
    """One picture file on its way; collects what is told about its frames."""

    image: Image.Image
    options: ConversionOptions
    report: Report
    readers: Readers
    is_animated: bool
    infos: list[PageInfo] = field(default_factory=list)
    placings: dict[int, Placing] = field(default_factory=dict)
    language: str | None = None  # of the last frame that was read
    last_text: str = ""

    def pages(self) -> Iterator[SourcePage]:
        for info, scan in in_order(self._begun()):
            if scan is None:
                self.infos.append(info)
                continue
            self.language = scan.language or self.language
            # Animations repeat themselves.
            if self.is_animated and self.infos and scan.text == self.last_text:
                continue
            self.last_text = scan.text
            self.infos.append(info)
            self.placings[info.number] = scan.placing
            yield scan.page

    def _begun(self) -> Iterator[Callable[[], tuple[PageInfo, Scan | None]]]:
        total = frame_count(self.image)
        for number, is_found in enumerate(_frames(self.image), start=1):
            self.report("ocr", number - 1, total)
            info = PageInfo(number)
            yield partial(self._read, info, self._begin(info) if is_found else _damaged)

    def _begin(self, info: PageInfo) -> Callable[[], Scan | None]:
        """Begin to read the frame that the picture is turned to, unless it cannot be."""
        width, height = self.image.size
        if width * height > MAX_PIXELS:
            info.unread, info.too_large = True, True
            info.trouble = too_many_pixels(width, height).words
            return lambda: None
        if 0 in self.image.size:
            return _damaged
        try:
            picture, dpi = _prepared(self.image)
        except errors.EngineError:
            return _damaged
        return self.readers.begin(
            read_scan, picture, info.number, options=self.options, dpi=dpi, likely=self.language
        )

    def _read(
        self, info: PageInfo, finish: Callable[[], Scan | None]
    ) -> tuple[PageInfo, Scan | None]:
        try:
            scan = finish()
        except errors.EngineError:
            info.unread, info.trouble = True, DAMAGED.words
            return info, None
        if scan is None:
            return info, None
        info.width, info.height = scan.placing.size
        if not scan.is_blank:
            info.ocr_confidence, info.unread = scan.confidence, scan.is_empty
        return info, scan


def _damaged() -> None:
    raise errors.EngineError(DAMAGED.words)


def read_embedded(image: Image.Image, options: ConversionOptions) -> tuple[list[Block], float]:
    """The blocks of a picture in a document, without places, and how surely they were read.

    Raises ConversionError ocr_language_missing, EngineError if its data is damaged.
    """
    picture, dpi = _prepared(image)
    scan = read_scan(picture, 1, options=options, dpi=dpi)
    blocks = engine.read([scan.page])
    for block in blocks:
        block.page = block.box = None
    return blocks, scan.confidence


def opened(path: Path, format_name: str) -> Image.Image:
    """The picture file, of which nothing is decoded yet. Raises EngineError if it is damaged."""
    # Pillow would only warn at this size; ours is a clear refusal.
    Image.MAX_IMAGE_PIXELS = None
    with errors.engine_at_work():
        return Image.open(path, formats=[format_name])


def frame_count(image: Image.Image) -> int:
    """How many frames the file says it has; those that can be found if that is damaged."""
    try:
        with errors.engine_at_work():
            return getattr(image, "n_frames", 1)
    except errors.EngineError:
        return sum(_frames(image))


def _frames(image: Image.Image) -> Iterator[bool]:
    """Turn to one frame after the other; False for one that is lost with all behind it."""
    for number in count():
        try:
            with errors.engine_at_work(EOFError):
                image.seek(number)
        except EOFError:
            return
        except errors.EngineError:
            yield False
            return
        yield True


def _prepared(frame: Image.Image) -> tuple[Image.Image, float]:
    """One picture of any mode as Tesseract reads it best, and its dots per inch."""
    with errors.engine_at_work():
        picture = _upright_gray(frame)
        dpi = _resolution(frame)
    if max(picture.size) < SMALL:
        picture = picture.resize((picture.width * 2, picture.height * 2), Image.Resampling.LANCZOS)
        dpi *= 2
    return picture, min(dpi, 2 * RENDER_DPI)


def _upright_gray(frame: Image.Image) -> Image.Image:
    """The frame as its camera meant it, on white paper, in shades of gray."""
    return on_paper(ImageOps.exif_transpose(frame)).convert("L")


def on_paper(picture: Image.Image) -> Image.Image:
    """A picture with white where it is transparent, in shades of 8 bits."""
    if picture.mode.startswith(DEEP_GRAY):
        return _of_eight_bits(picture)
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        paper = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(paper, picture.convert("RGBA"))
    return picture


def _of_eight_bits(picture: Image.Image) -> Image.Image:
    """Deep gray, of which Pillow would make white whatever is lighter than the first 255 shades.

    The shade that such a picture may name as transparent is white in scans.
    """
    shades = picture.convert("I") if picture.mode.startswith("I;") else picture
    lightest: Any = shades.getextrema()[1]  # a number: there is one channel
    white = next((shade for shade in WHITES if lightest <= shade), lightest)
    scale = 255 / white if math.isfinite(white) else 1.0
    return shades.point(lambda shade: shade * scale).convert("L")


def _resolution(frame: Image.Image) -> float:
    """Dots per inch that the file states, if that can be true.

    Cameras and many programs state 72 or nothing, whatever was photographed: a page that would be
    longer than the longest sheet of offices is taken for a usual one.
    """
    longest = max(frame.size)
    stated = float(frame.info.get("dpi", (0, 0))[0])
    dpi = stated if 70 <= stated <= 1200 else ASSUMED_DPI
    return dpi if longest <= LONGEST_SHEET * dpi else longest / USUAL_SHEET
