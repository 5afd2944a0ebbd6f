"""How good and how fast conversions are, on the samples and on any folders of files.

For each sample: words found (F1), words in order, headings, table rows and list items that are
right to the last character, the score, and milliseconds of processor time. Of files whose text
nobody knows: the length of the Markdown, its blocks, the score and the time. With --save the
numbers and texts are kept, and with --before they are compared with those kept earlier: every file
whose Markdown differs is named, with the lines that differ if --diff is given.

    python -m benchmarks.conversion [--save FOLDER] [--before FOLDER] [--diff] [PATH ...]
"""

import argparse
import contextlib
import difflib
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from documents.conversion.errors import ConversionError
from documents.conversion.formats import claimed_by
from documents.conversion.markdown import split_blocks
from documents.conversion.options import ConversionOptions
from documents.conversion.pipeline import convert
from documents.samples import SAMPLES, Sample
from tests.conversion.measures import headings, order_similarity, table_rows, token_f1

SHOWN_LINES = 12


@dataclass
class Figures:
    """What came of one file; None where nobody knows what is right."""

    name: str
    ms: float
    score: int | None = None
    size: int = 0  # characters
    blocks: int = 0
    words: float | None = None
    order: float | None = None
    headings: str | None = None
    rows: str | None = None
    items: str | None = None
    error: str = ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="*", type=Path)
    parser.add_argument("--save", type=Path)
    parser.add_argument("--before", type=Path)
    parser.add_argument("--diff", action="store_true")
    arguments = parser.parse_args()
    figures = []
    for name, path, sample in _files(arguments.paths):
        found, markdown = _measured(name, path, sample)
        figures.append(found)
        print(_line(found))
        if arguments.save:
            _save(arguments.save, name, markdown)
        if arguments.before:
            _compare(arguments.before, name, markdown, in_full=arguments.diff)
    print(_sum(figures))
    if arguments.save:
        told = json.dumps([asdict(found) for found in figures], indent=1, ensure_ascii=False)
        (arguments.save / "figures.json").write_text(told)


def _files(paths: Sequence[Path]) -> Iterator[tuple[str, Path, Sample | None]]:
    for name, sample in sorted(SAMPLES.items()):
        yield name, Path(sample.path), sample
    for root in paths:
        for path in sorted(root.rglob("*") if root.is_dir() else [root]):
            if path.is_file() and claimed_by(path.name):
                yield str(path.relative_to(root.parent)), path, None


def _measured(name: str, path: Path, sample: Sample | None) -> tuple[Figures, str]:
    begun = time.process_time()
    try:
        made = convert(path, filename=path.name, options=ConversionOptions(), report=_silent)
    except ConversionError as problem:
        return Figures(name, _since(begun), error=problem.code), ""
    markdown = made.markdown
    found = Figures(name, _since(begun), made.quality.conversion_score, len(markdown))
    found.blocks = len(split_blocks(markdown))
    if sample is not None:
        found.words = token_f1(markdown, sample.text)
        found.order = order_similarity(markdown, sample.text)
        found.headings = _share(sample.headings, headings(markdown))
        found.rows = _share(sample.rows, table_rows(markdown))
        found.items = _share(sample.items, [line.strip() for line in markdown.split("\n")])
    return found, markdown


def _silent(stage: str, done: int | None, total: int | None) -> None:
    pass


def _since(begun: float) -> float:
    return round(1000 * (time.process_time() - begun), 1)


def _share(wanted: Sequence[object], found: Sequence[object]) -> str | None:
    if not wanted:
        return None
    right = sum(_is_in(entry, found) for entry in wanted)
    return f"{right}/{len(wanted)}"


def _is_in(entry: object, found: Sequence[object]) -> bool:
    if isinstance(entry, str):  # an item, with whatever marker
        return any(str(line).endswith(entry) for line in found)
    return entry in found


def _line(found: Figures) -> str:
    if found.error:
        return f"{found.name:42} {found.error}"
    known = [
        f"{label} {value:.3f}" if isinstance(value, float) else f"{label} {value}"
        for label, value in (
            ("words", found.words), ("order", found.order), ("headings", found.headings),
            ("rows", found.rows), ("items", found.items),
        )
        if value is not None
    ]  # fmt: skip
    size = f"{found.size} signs, {found.blocks} blocks"
    return f"{found.name:42} score {found.score:3} {found.ms:8.1f} ms  {', '.join(known) or size}"


def _sum(figures: Sequence[Figures]) -> str:
    made = [found for found in figures if not found.error]
    judged = [found for found in made if found.words is not None]
    words = sum(found.words or 0 for found in judged) / max(1, len(judged))
    order = sum(found.order or 0 for found in judged) / max(1, len(judged))
    seconds = sum(found.ms for found in made) / 1000
    return (
        f"{len(made)} of {len(figures)} files in {seconds:.1f} s; "
        f"{len(judged)} samples: words {words:.4f}, order {order:.4f}"
    )


def _save(folder: Path, name: str, markdown: str) -> None:
    path = folder / f"{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(markdown)


def _compare(folder: Path, name: str, markdown: str, *, in_full: bool) -> None:
    before = ""
    with contextlib.suppress(FileNotFoundError):
        before = (folder / f"{name}.md").read_text()
    if before == markdown:
        return
    lines = [
        line
        for line in difflib.unified_diff(before.split("\n"), markdown.split("\n"), n=0)
        if not line.startswith(("---", "+++", "@@"))
    ]
    print(f"    {len(lines)} lines differ")
    if in_full:
        print("\n".join(f"    {line[:200]}" for line in lines[:SHOWN_LINES]))


if __name__ == "__main__":
    main()
