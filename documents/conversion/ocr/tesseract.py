"""Tesseract: its languages, and one engine for each language and thread."""

import os
import site
import sys
import sysconfig
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import errors
from .languages import AUTO

if TYPE_CHECKING:
    from PIL.Image import Image

DEBIAN = Path("/usr/share/tesseract-ocr")
ORIENTATION = "osd"
RENDER_DPI = 300  # of pages that are drawn to be read
NEED_ORIENTATION = frozenset({0, 1, 12})  # segmentation modes that ask for it
MOST_ENGINES = 3  # of one thread; each holds some 30 MB
NO_LANGUAGES = frozenset({ORIENTATION, "equ"})

_own = threading.local()
_starting = threading.Lock()


def available_ocr_languages() -> tuple[str, ...]:
    """Tesseract names of the installed languages, sorted; script and orientation data left out."""
    names = {file.stem for folder in _data_folders() for file in folder.glob("*.traineddata")}
    return tuple(sorted(names - NO_LANGUAGES))


def check_language(language: str) -> None:
    """Raise ConversionError ocr_language_missing unless all parts of "eng+deu" are installed.

    Of `auto` that is one language, whichever it is.
    """
    available = available_ocr_languages()
    if language == AUTO and available:
        return
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


@lru_cache(maxsize=16)
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


@contextmanager
def recognized(picture: "Image", *, dpi: float, language: str, psm: int) -> Iterator[Any]:
    """The engine after it has read a picture in mode L; None if it gave up.

    Raises EngineError; other threads read on meanwhile.
    """
    with errors.engine_at_work():
        engine = _engine(language, psm)
    try:
        with errors.engine_at_work():
            engine.SetImage(picture)
            engine.SetSourceResolution(round(dpi))
            is_read = engine.Recognize()
        yield engine if is_read else None
    finally:
        engine.Clear()


def _engine(language: str, psm: int) -> Any:
    """The engine of this thread for a language, which reads in the mode `psm` from now on."""
    import tesserocr

    engines: OrderedDict[tuple[str, bool], Any] | None = getattr(_own, "engines", None)
    if engines is None:
        engines = _own.engines = OrderedDict()
    key = (language, psm in NEED_ORIENTATION)
    if key not in engines:
        if len(engines) >= MOST_ENGINES:
            engines.popitem(last=False)[1].End()
        names = (*language.split("+"), *([ORIENTATION] if key[1] else []))
        with _starting:
            engines[key] = tesserocr.PyTessBaseAPI(path=_gathered(names), lang=language, psm=psm)
    engines.move_to_end(key)
    engines[key].SetPageSegMode(psm)
    return engines[key]
