"""The same small text in many scripts, each with a PDF that Chromium wrote of it."""

from pathlib import Path

FOLDER = Path(__file__).parent
TEXTS = {path.stem: path.read_text(encoding="utf-8").strip() for path in FOLDER.glob("*.txt")}
