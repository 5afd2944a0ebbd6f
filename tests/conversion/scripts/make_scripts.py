"""Writes a PDF in each of these scripts: `python -m tests.conversion.scripts.make_scripts`.

Needs Chromium and Debian's fonts-noto-core and fonts-noto-cjk; the tests read the files it wrote.
"""

import subprocess
import tempfile
from pathlib import Path

from . import FOLDER, TEXTS

PAGE = """<!doctype html><html lang="{language}" dir="{direction}"><meta charset="utf-8">
<style>body {{ font: 14px {fonts}; margin: 2cm }}</style><p>{text}</p></html>"""
FONTS = (
    '"Noto Sans", "Noto Kufi Arabic", "Noto Sans Hebrew", "Noto Sans Devanagari",'
    ' "Noto Sans Thai", "Noto Sans CJK JP", "Noto Sans CJK KR", "Noto Sans CJK SC"'
)


def main() -> None:
    for language, text in TEXTS.items():
        direction = "rtl" if language in {"ar", "fa", "he"} else "ltr"
        page = PAGE.format(language=language, direction=direction, fonts=FONTS, text=text)
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "page.html"
            source.write_text(page, encoding="utf-8")
            subprocess.run(
                [
                    "chromium", "--headless", "--no-sandbox", "--disable-gpu",
                    "--no-pdf-header-footer", f"--print-to-pdf={FOLDER / language}.pdf",
                    str(source),
                ],
                check=True,
                capture_output=True,
            )  # fmt: skip


main()
