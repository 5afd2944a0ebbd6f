"""Scans of the corpus: python -m benchmarks.corpus.scan FOLDER TARGET [PART OF THE NAMES]...

Each NAME.pdf becomes PDFs whose pages are pictures, one for each of QUALITIES, with the same truth
beside it: benchmarks.corpus.score reads them like others.
"""

import io
import random
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
from PIL import Image


@dataclass(frozen=True)
class Quality:
    dpi: int
    skew: float  # degrees at most, another for each page
    grain: float  # share of a noise that is laid over the page
    jpeg: int


QUALITIES = {
    "good": Quality(300, 0.3, 0.02, 85),
    "usual": Quality(200, 1.0, 0.08, 70),
    "bad": Quality(150, 2.0, 0.12, 50),
}


def main() -> None:
    folder, target, *parts = sys.argv[1:]
    for path in sorted(Path(folder).glob("*.pdf")):
        if parts and not any(part in path.name for part in parts):
            continue
        for name, quality in QUALITIES.items():
            scanned = Path(target) / f"{path.stem}-{name}.pdf"
            _scan(path, scanned, quality)
            shutil.copy(path.with_suffix(".json"), scanned.with_suffix(".json"))


def _scan(path: Path, target: Path, quality: Quality) -> None:
    chance = random.Random(path.stem)  # the same pages in every run
    target.parent.mkdir(parents=True, exist_ok=True)
    with pypdfium2.PdfDocument(path) as document:
        scale = quality.dpi / 72
        pages = [page.render(scale=scale, grayscale=True).to_pil() for page in document]
    worn = [_worn(page.convert("L"), quality, chance) for page in pages]
    worn[0].save(
        target, save_all=True, append_images=worn[1:], resolution=quality.dpi, quality=quality.jpeg
    )


def _worn(page: Image.Image, quality: Quality, chance: random.Random) -> Image.Image:
    angle = chance.uniform(-quality.skew, quality.skew)
    turned = page.rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor=255)
    noise = Image.effect_noise(page.size, 60)
    buffer = io.BytesIO()
    Image.blend(turned, noise, quality.grain).save(buffer, "JPEG", quality=quality.jpeg)
    return Image.open(buffer)


if __name__ == "__main__":
    main()
