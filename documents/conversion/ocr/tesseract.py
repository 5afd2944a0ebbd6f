"""Pictures of text to Markdown blocks, by Tesseract; and which languages it can read."""

import os
import re
import site
import statistics
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import errors
from ..markdown import clean_text, escape_tags
from ..options import ConversionOptions

if TYPE_CHECKING:
    from PIL.Image import Image

DEBIAN = Path("/usr/share/tesseract-ocr")
ORIENTATION = "osd"
RENDER_DPI = 300
UNSURE = 0.6  # a page read less surely than this may be grainy, or lie on its side
ENOUGH = 2  # readings that found no text at all; turning the page will not help
MIN_SIDE, MAX_SIDE = 8, 32_767  # pixels; Tesseract takes no more, and no letter is lower
GUESSED = 0.35  # less than this is what Tesseract sees in noise
FEW_LETTERS = 40
NOISE_CONFIDENCE = 0.4
HEADING_RATIO, TITLE_RATIO = 1.2, 1.5  # height of a line against the usual one
MAX_HEADING_WORDS = 14
BULLET = re.compile(r"^[•·▪●◦‣*»+-] +(?=\S)")
NUMBER = re.compile(r"^(\d{1,3})[.)] +(?=\S)")
ITEM, NUMBERED_ITEM = re.compile(r"- "), re.compile(r"\d{1,3}\. ")


@dataclass(frozen=True)
class Reading:
    """Blocks of one picture in reading order, and the mean confidence (0-1) of its words."""

    blocks: list[str]
    confidence: float


NOTHING = Reading([], 0.0)


@dataclass(frozen=True)
class _Line:
    text: str
    height: float  # pixels
    confidence: float
    starts_paragraph: bool


def available_ocr_languages() -> tuple[str, ...]:
    """Tesseract names of the installed languages, sorted; script and orientation data left out."""
    names = {file.stem for folder in _data_folders() for file in folder.glob("*.traineddata")}
    return tuple(sorted(names - {ORIENTATION, "equ"}))


def check_language(language: str) -> None:
    """Raise ConversionError ocr_language_missing unless all parts of "eng+deu" are installed."""
    available = available_ocr_languages()
    wanted = [part for part in language.split("+") if part]
    missing = [part for part in wanted if part not in available]
    if missing or not wanted:
        raise errors.ocr_language_missing(missing or [language], list(available))


def _data_folders() -> Iterator[Path]:
    prefix = os.environ.get("TESSDATA_PREFIX")
    candidates = [Path(prefix), Path(prefix) / "tessdata"] if prefix else []
    for root in (sys.prefix, sysconfig.get_path("data"), site.getuserbase()):
        candidates.append(Path(root) / "share" / "tessdata")
    candidates += [*sorted(DEBIAN.glob("*/tessdata"), reverse=True), Path("/usr/share/tessdata")]
    return (folder for folder in dict.fromkeys(candidates) if folder.is_dir())


@lru_cache(maxsize=1)
def _gathered(names: tuple[str, ...]) -> str:
    """One folder with the data of `names`: Tesseract looks in a single place for all of them."""
    folders = list(_data_folders())
    for folder in folders:
        if all((folder / f"{name}.traineddata").exists() for name in names):
            return str(folder)
    gathered = Path(tempfile.mkdtemp(prefix="tessdata-"))
    for name in names:
        file = f"{name}.traineddata"
        source = next((f / file for f in folders if (f / file).exists()), None)
        if source is not None:
            (gathered / file).symlink_to(source)
    return str(gathered)


@lru_cache(maxsize=1)
def _engine(language: str, psm: int) -> Any:
    import tesserocr

    folder = _gathered((*language.split("+"), ORIENTATION))
    return tesserocr.PyTessBaseAPI(path=folder, lang=language, psm=psm)


def read_picture(
    picture: "Image", *, options: ConversionOptions, dpi: int, tries: int | None = None
) -> Reading:
    """Read `picture` (mode L, `dpi` dots per inch), at most `tries` times.

    A page read unsurely is read again: without its grain, then turned. The surest reading counts,
    and one that is hardly better than guessing counts as nothing read.

    Raises ConversionError: ocr_language_missing.
    """
    check_language(options.ocr_language)
    if min(picture.size) < MIN_SIDE:
        return NOTHING
    if max(picture.size) > MAX_SIDE:
        picture = picture.copy()
        picture.thumbnail((MAX_SIDE, MAX_SIDE))
    best = NOTHING
    for number, candidate in enumerate(islice(_candidates(picture, dpi), tries), start=1):
        best = max(best, _read(candidate, options, dpi), key=_worth)
        if best.confidence >= UNSURE or (number == ENOUGH and best == NOTHING):
            break
    return best if best.confidence >= GUESSED else NOTHING


def _candidates(picture: "Image", dpi: int) -> Iterator["Image"]:
    from PIL import ImageFilter

    yield picture
    yield picture.filter(ImageFilter.GaussianBlur(dpi / 100))
    yield picture.filter(ImageFilter.MedianFilter(5))
    # Not asked of Tesseract's own orientation detection: it aborts the process on noise.
    for degrees in (90, 270, 180):
        yield picture.rotate(degrees, expand=True, fillcolor="white")


def _worth(reading: Reading) -> tuple[bool, float]:
    """Confidence decides, but a few sure letters are not worth more than a page of text."""
    return sum(map(len, reading.blocks)) >= FEW_LETTERS, reading.confidence


def _read(picture: "Image", options: ConversionOptions, dpi: int) -> Reading:
    engine = _engine(options.ocr_language, options.ocr_psm)
    try:
        with errors.engine_at_work():
            engine.SetImage(picture)
            engine.SetSourceResolution(dpi)
            if not engine.Recognize():
                return NOTHING
            lines = [line for line in _lines(engine) if not _is_noise(line)]
            words = [confidence / 100 for confidence in engine.AllWordConfidences()]
    finally:
        engine.Clear()
    return Reading(_blocks(lines), statistics.fmean(words)) if words and lines else NOTHING


def _lines(engine: Any) -> Iterator[_Line]:
    from tesserocr import PT, RIL, iterate_level

    pictures = {PT.FLOWING_IMAGE, PT.HEADING_IMAGE, PT.PULLOUT_IMAGE, PT.NOISE}
    iterator = engine.GetIterator()
    if iterator is None:
        return
    for line in iterate_level(iterator, RIL.TEXTLINE):
        if line.BlockType() in pictures or line.Empty(RIL.TEXTLINE):
            continue
        yield _Line(
            text=clean_text(line.GetUTF8Text(RIL.TEXTLINE)).strip(),
            height=float(line.RowAttributes()["row_height"]),
            confidence=line.Confidence(RIL.TEXTLINE) / 100,
            starts_paragraph=line.IsAtBeginningOf(RIL.PARA),
        )


def _is_noise(line: _Line) -> bool:
    """Specks and ruling lines are read as a few odd signs that nothing is sure about."""
    solid = sum(char.isalnum() for char in line.text)
    if not solid:
        return True
    return line.confidence < NOISE_CONFIDENCE and (solid < 3 or solid < len(line.text) / 2)


def _blocks(lines: list[_Line]) -> list[str]:
    """Paragraphs (lines kept apart by newlines), list items and headings of one page."""
    if not lines:
        return []
    usual = statistics.median(line.height for line in lines)
    paragraphs: list[list[_Line]] = []
    for line in lines:
        is_item = BULLET.match(line.text) or NUMBER.match(line.text)
        if line.starts_paragraph or is_item or not paragraphs:
            paragraphs.append([])
        paragraphs[-1].append(line)
    return _joined_lists([_block(paragraph, usual) for paragraph in paragraphs])


def _block(lines: list[_Line], usual: float) -> str:
    text = escape_tags("\n".join(line.text for line in lines))
    if BULLET.match(text):
        return "- " + BULLET.sub("", text).replace("\n", " ")
    if match := NUMBER.match(text):
        return f"{match[1]}. " + text[match.end() :].replace("\n", " ")
    ratio = statistics.fmean(line.height for line in lines) / usual
    is_short = len(text.split()) <= MAX_HEADING_WORDS and len(lines) <= 2
    if ratio >= HEADING_RATIO and is_short and not text.endswith((".", ",", ";")):
        return ("# " if ratio >= TITLE_RATIO else "## ") + text.replace("\n", " ")
    # A number sign at the start would make a heading of any paragraph.
    return "\\" + text if text.startswith("#") else text


def _joined_lists(blocks: list[str]) -> list[str]:
    """List items that follow each other as one list."""
    joined: list[str] = []
    for block in blocks:
        mark = ITEM if block.startswith("- ") else NUMBERED_ITEM
        if joined and mark.match(block) and mark.match(joined[-1]):
            joined[-1] += "\n" + block
        else:
            joined.append(block)
    return joined
