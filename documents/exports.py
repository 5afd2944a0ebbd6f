"""Archives of results: Markdown files, all in one file, a summary, and a manifest for programs.

    individual  processed_documents/*.md  PROCESSING_SUMMARY_<time>.md  manifest.json
    combined    individual_files/*.md  COMBINED_EXPORT_<time>.md  and the two others

An archive is made while it is sent: its memory does not grow with the number of documents.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from zipstream import ZIP_DEFLATED, ZipStream

# What some file system refuses in a name, besides control characters.
_REFUSED = re.compile(r'[<>:"/\\|?*]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_LONGEST_STEM = 180  # bytes of UTF-8; file systems allow 255 for a name
_HEADING = re.compile(r"^( {0,3})(#{1,5})(?=[ \t]|$)")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")

RATINGS = ("clarity", "completeness", "relevance", "markdown")


@dataclass(frozen=True)
class Result:
    """One converted document for an archive."""

    filename: str  # of the document
    read: Callable[[], str]  # its Markdown; FileNotFoundError when the storage lost it
    conversion_score: int | None  # 0 to 100
    ratings: dict[str, float]  # RATINGS that exist, 1 to 10
    is_rag_ready: bool
    facts: dict[str, Any]  # further members of its entry in the manifest


def archive(
    results: Sequence[Result],
    *,
    title: str,
    combined: bool,
    manifest: dict[str, Any],
    now: datetime,
) -> Iterator[bytes]:
    """A ZIP archive, piece by piece.

    A result whose file is gone is left out; summary and manifest say so.

    Args:
        title: heads the combined file and the summary.
        manifest: members of manifest.json besides `documents`.
        now: the time in the names of the files.
    """
    stamp = timestamp(now)
    zipped = ZipStream(compress_type=ZIP_DEFLATED)
    folder = "individual_files" if combined else "processed_documents"
    names = unique_names([result.filename for result in results])
    entries, present, lost = [], [], []
    for result, name in zip(results, names, strict=True):
        path = f"{folder}/{name}"
        try:
            zipped.add(result.read(), path)
        except FileNotFoundError:
            lost.append(result)
            entries.append(_entry(result, None))
            continue
        yield from zipped.file()
        present.append(result)
        entries.append(_entry(result, path))
    if combined:
        zipped.add(_combined(present, title, now), f"COMBINED_EXPORT_{stamp}.md")
    zipped.add(_summary(present, lost, title, now), f"PROCESSING_SUMMARY_{stamp}.md")
    whole = manifest | {"generated_at": now.isoformat(), "documents": entries}
    zipped.add(json.dumps(whole, ensure_ascii=False, indent=2), "manifest.json")
    yield from zipped.finalize()


def timestamp(now: datetime) -> str:
    """As it stands in names of files: 20260131_235959."""
    return now.strftime("%Y%m%d_%H%M%S")


def markdown_name(filename: str) -> str:
    """The name of the result of `filename`, which every file system accepts: `report.md`."""
    stem = PurePosixPath(filename).stem
    stem = _REFUSED.sub("_", "".join(c if c.isprintable() else "_" for c in stem))
    stem = stem.encode()[:_LONGEST_STEM].decode(errors="ignore").strip(" .")
    if not stem or _RESERVED.fullmatch(stem):
        stem = f"_{stem}"
    return f"{stem}.md"


def unique_names(filenames: Sequence[str]) -> list[str]:
    """`markdown_name` of each, with a number where two would be the same to some file system."""
    taken: set[str] = set()
    numbers: dict[str, int] = {}
    names = []
    for filename in filenames:
        plain = markdown_name(filename)
        name = plain
        while _key(name) in taken:
            number = numbers[_key(plain)] = numbers.get(_key(plain), 1) + 1
            name = f"{plain.removesuffix('.md')} ({number}).md"
        taken.add(_key(name))
        names.append(name)
    return names


def push_headings_down(markdown: str) -> str:
    """Make each heading one level lower, at most level six; code blocks stay as they are."""
    lines = []
    fence = ""
    for line in markdown.split("\n"):
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence) and not line[mark.end() :].strip():
            fence = ""
        lines.append(line if fence or mark else _HEADING.sub(r"\1#\2", line, count=1))
    return "\n".join(lines)


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _entry(result: Result, path: str | None) -> dict[str, Any]:
    entry: dict[str, Any] = {"filename": result.filename, "path": path} | result.facts
    if path is None:
        entry["error"] = "The result is missing from the storage."
    return entry


def _combined(results: Sequence[Result], title: str, now: datetime) -> Iterator[bytes]:
    ready = sum(result.is_rag_ready for result in results)
    yield (
        f"# {title}\n\n"
        f"*Generated on {_readable(now)}*\n\n"
        f"**Total Files:** {len(results)}\n"
        f"**RAG Ready:** {ready} ({_percent(ready, len(results))}%)\n"
    ).encode()
    for result in results:
        yield f"\n---\n\n# {result.filename}\n\n{_facts(result)}\n\n---\n\n".encode()
        yield push_headings_down(result.read()).encode()


def _summary(present: Sequence[Result], lost: Sequence[Result], title: str, now: datetime) -> str:
    ready = sum(result.is_rag_ready for result in present)
    parts = [
        f"# Processing Summary: {title}",
        f"*Generated on {_readable(now)}*",
        "\n".join(
            (
                f"- **Total Files Included:** {len(present)}",
                f"- **RAG Ready Files:** {ready}",
                f"- **Overall Pass Rate:** {_percent(ready, len(present))}%",
            )
        ),
    ]
    if lost:
        names = "\n".join(f"- {result.filename}" for result in lost)
        parts.append(f"## Missing from the storage\n\n{names}")
    parts.append("## Documents")
    parts += [f"### {result.filename}\n\n{_facts(result)}" for result in present]
    parts.append(
        "## Usage\n\n"
        "Each Markdown file can be used on its own. `manifest.json` has the same facts for"
        " programs, with the SHA-256 of each file."
    )
    return "\n\n".join(parts) + "\n"


def _facts(result: Result) -> str:
    lines = [
        f"- **Status:** {'RAG Ready' if result.is_rag_ready else 'Needs Improvement'}",
        f"- **Conversion Score:** {result.conversion_score}/100",
    ]
    rated = [
        f"{name.capitalize()}: {result.ratings[name]:g}/10"
        for name in RATINGS
        if name in result.ratings
    ]
    if rated:
        lines.append(f"- **Quality Scores:** {', '.join(rated)}")
    return "\n".join(lines)


def _percent(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0


def _readable(now: datetime) -> str:
    return now.strftime("%Y-%m-%d %H:%M:%S UTC")
