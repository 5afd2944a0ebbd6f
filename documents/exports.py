"""Archives of results: Markdown files, all in one file, a summary, and a manifest for programs.

    individual  processed_documents/*.md  PROCESSING_SUMMARY_<time>.md  manifest.json
    combined    individual_files/*.md  COMBINED_EXPORT_<time>.md  and the two others

If somebody wants them, the blocks of each document lie beside its Markdown, as JSON.

The folders that documents come from are there again: processed_documents/2026/March/*.md. So are
those of jobs, where an archive has several.

An archive is made while it is sent. What must wait for the end (summary, manifest, combined file,
the archive's own directory) waits on disk. All that memory keeps of a document are hashes of its
name, 24 bytes (32 at the beginning); benchmarks/streaming.py measures it.
"""

import json
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from zipstream import ZIP_DEFLATED, ZipStream, ZipStreamInfo

from documents.archive_names import Names, folder_name

_HEADING = re.compile(r"^( {0,3})(#{1,5})(?=[ \t]|$)")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")

_USAGE = (
    "## Usage\n\nEach Markdown file can be used on its own. `manifest.json` has the same facts for"
    " programs, with the SHA-256 of each file.\n"
)
_LARGEST_IN_MEMORY = 64 * 1024  # bytes of each part that is not sent at once
_BLOCK = 64 * 1024  # bytes

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
    path: str = ""  # the folder that the document comes from
    folder: str = ""  # one of `UniqueNames.folder`, above that
    # What lies beside its Markdown, made of that: the ending of its name, and its text; None where
    # it cannot be made in time.
    data_ending: str = ""
    data: Callable[[str], str | None] | None = None

    @property
    def title(self) -> str:
        """How people tell it from the others."""
        return "/".join(filter(None, (self.folder, self.path, self.filename)))


@dataclass(frozen=True)
class Layout:
    """What goes into an archive besides the manifest."""

    files: bool = True  # one Markdown file for each document
    combined: bool = False  # all documents in one file
    summary: bool = True  # for people


def archive(
    results: Iterable[Result],
    layout: Layout,
    *,
    names: Iterable[tuple[str, str, str]],
    title: str,
    manifest: dict[str, Any],
    not_included: Callable[[], Iterable[dict[str, Any]]] = tuple,
    remarks: str = "",
    now: datetime,
) -> Iterator[bytes]:
    """A ZIP archive, piece by piece; every result is read once, and one is in memory at a time.

    A result whose file is gone is left out; summary and manifest say so.

    Args:
        names: `folder`, `path` and `filename` of each of the results, which decide how files are
            called; one after the other, before the first result.
        title: heads the combined file and the summary.
        manifest: members of manifest.json besides `documents` and `not_included`.
        not_included: entries of the manifest for documents that have no result.
        remarks: Markdown for the summary, before its documents.
        now: the time in the names of the files.
    """
    stamp = timestamp(now)
    with _Parts() as parts:
        zipped = _Zip(parts.directory)
        named = _named(names, layout) if layout.files else None
        yield from _add_results(zipped, parts, results, named, with_text=layout.combined)
        if layout.combined:
            head = _combined_head(title, parts, now)
            zipped.add(parts.combined.after(head), f"COMBINED_EXPORT_{stamp}.md")
            yield from zipped.file()
        if layout.summary:
            zipped.add(_summary(title, parts, remarks, now), f"PROCESSING_SUMMARY_{stamp}.md")
            yield from zipped.file()
        facts = manifest | {"generated_at": now.isoformat()}
        zipped.add(_manifest(facts, parts, not_included()), "manifest.json")
        yield from zipped.finalize()


def _named(names: Iterable[tuple[str, str, str]], layout: Layout) -> Callable[[Result], str]:
    """What gives each result its path in the archive."""
    top = "individual_files" if layout.combined else "processed_documents"

    def place(folder: str, path: str) -> str:
        return "/".join(filter(None, (top, folder, folder_name(path))))

    unique = Names((place(folder, path), filename) for folder, path, filename in names)
    return lambda result: unique.next(place(result.folder, result.path), result.filename)


def _add_results(
    zipped: ZipStream,
    parts: "_Parts",
    results: Iterable[Result],
    named: Callable[[Result], str] | None,
    *,
    with_text: bool,
) -> Iterator[bytes]:
    for result in results:
        path = named(result) if named else None
        try:
            markdown = result.read()
        except FileNotFoundError:
            parts.note_lost(result)
            continue
        data = result.data(markdown) if path and result.data else None
        data_path = path.removesuffix(".md") + result.data_ending if path and data else None
        placed = {"path": path} | ({"data_path": data_path} if result.data else {})
        parts.note(result, placed, markdown if with_text else "")
        for text, name in ((markdown, path), (data, data_path)):
            if text is not None and name:
                zipped.add(text, name)
                yield from zipped.file()


class _Part:
    """Text that grows while an archive is made: in memory while small, then on disk."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=_LARGEST_IN_MEMORY)  # noqa: SIM115
        self.is_empty = True

    def write(self, text: str) -> None:
        self.write_bytes(text.encode())

    def write_bytes(self, content: bytes) -> None:
        self._file.write(content)
        self.is_empty = False

    def blocks(self) -> Iterator[bytes]:
        self._file.seek(0)
        while block := self._file.read(_BLOCK):
            yield block

    def after(self, head: str) -> Iterator[bytes]:
        """All of it, behind `head`."""
        yield head.encode()
        yield from self.blocks()

    def close(self) -> None:
        self._file.close()


class _Parts:
    """What is known of the results that went into an archive."""

    def __init__(self) -> None:
        self.entries, self.combined, self.summary = _Part(), _Part(), _Part()
        self.lost, self.directory = _Part(), _Part()
        self.present = self.ready = 0

    def __enter__(self) -> "_Parts":
        return self

    def __exit__(self, *exc: object) -> None:
        for part in (self.entries, self.combined, self.summary, self.lost, self.directory):
            part.close()

    def note(self, result: Result, placed: dict[str, str | None], markdown: str) -> None:
        self.present += 1
        self.ready += result.is_rag_ready
        self._enter(result, placed)
        self.summary.write(f"### {result.title}\n\n{_facts(result)}\n\n")
        if markdown:
            head = f"\n---\n\n# {result.title}\n\n{_facts(result)}\n\n---\n\n"
            self.combined.write(head + push_headings_down(markdown))

    def note_lost(self, result: Result) -> None:
        self.lost.write(f"- {result.title}\n")
        error = "The result is missing from the storage."
        self._enter(result, {"path": None, "error": error})

    def _enter(self, result: Result, facts: dict[str, Any]) -> None:
        known = {"filename": result.filename, "source_path": result.path}
        entry = _json(known | facts | result.facts)
        self.entries.write(entry if self.entries.is_empty else f",\n{entry}")


class _Zip(ZipStream):
    """A ZipStream whose directory, which ends the archive, waits in `part` instead of in memory.

    zipstream-ng (1.9.3, pinned) has no public place for that: its list of entries is private, and
    keeps all of them until the end.
    """

    def __init__(self, part: _Part) -> None:
        super().__init__(compress_type=ZIP_DEFLATED)
        self._filelist = _Directory(part)


class _Directory:
    """What ZipStream asks of its list of files, one entry of a few hundred bytes for each."""

    def __init__(self, part: _Part) -> None:
        self._part = part
        self._length = 0

    def append(self, info: ZipStreamInfo) -> None:
        self._part.write_bytes(info._central_directory_header_data())
        self._length += 1

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator["_Block"]:
        return map(_Block, self._part.blocks())


class _Block(NamedTuple):
    """Some entries of the directory, as ZipStream asks for one."""

    content: bytes

    def _central_directory_header_data(self) -> bytes:
        return self.content


def _manifest(
    facts: dict[str, Any], parts: _Parts, not_included: Iterable[dict[str, Any]]
) -> Iterator[bytes]:
    """manifest.json, an entry at a time."""
    yield from parts.entries.after(f'{_json(facts)[:-1].rstrip()},\n"documents": [\n')
    yield b'\n],\n"not_included": ['
    for number, entry in enumerate(not_included):
        yield f"{',' if number else ''}\n{_json(entry)}".encode()
    yield b"\n]\n}\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def timestamp(now: datetime) -> str:
    """As it stands in names of files: 20260131_235959."""
    return now.strftime("%Y%m%d_%H%M%S")


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


def _combined_head(title: str, parts: _Parts, now: datetime) -> str:
    return (
        f"# {title}\n\n"
        f"*Generated on {_readable(now)}*\n\n"
        f"**Total Files:** {parts.present}\n"
        f"**RAG Ready:** {parts.ready} ({_percent(parts.ready, parts.present)}%)\n"
    )


def _summary(title: str, parts: _Parts, remarks: str, now: datetime) -> Iterator[bytes]:
    yield (
        f"# Processing Summary: {title}\n\n"
        f"*Generated on {_readable(now)}*\n\n"
        f"- **Total Files Included:** {parts.present}\n"
        f"- **RAG Ready Files:** {parts.ready}\n"
        f"- **Overall Pass Rate:** {_percent(parts.ready, parts.present)}%\n\n"
    ).encode()
    if remarks:
        yield f"{remarks}\n\n".encode()
    if not parts.lost.is_empty:
        yield from parts.lost.after("## Missing from the storage\n\n")
        yield b"\n"
    yield from parts.summary.after("## Documents\n\n")
    yield _USAGE.encode()


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
