"""Result files: the Markdown of one document of one job."""

import base64
import hashlib
from codecs import utf_8_decode
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db.models.fields.files import FieldFile

from curatore.core.errors import DomainError
from documents.conversion import keeping
from documents.conversion.chunking import count_tokens
from documents.conversion.document import Document
from jobs.models import JobDocument, ResultVersion

_MARKDOWN, _WORDS, _DOCUMENT = ".md", ".words", ".json.gz"
_LONGEST_CHARACTER = 4  # bytes, in UTF-8


class ResultMissing(DomainError):
    code = "result_not_found"
    status = 404


@dataclass(frozen=True)
class StoredResult:
    name: str  # in the storage
    size: int  # bytes
    tokens: int  # as documents/conversion/chunking.py counts them
    sha256: str  # hexadecimal
    document_size: int = 0  # bytes of the Document beside it; 0 if there is none


def storage() -> Storage:
    """Where results lie."""
    return JobDocument._meta.get_field("result_file").storage


def write(
    row: JobDocument,
    attempt_id: UUID,
    markdown: str,
    *,
    tokens: int | None = None,
    source_words: str | None = None,
    document: str | None = None,
) -> StoredResult:
    """Store the Markdown under the attempt's own name; nobody sees it until the row names it.

    Args:
        tokens: how many it has; counted here if nobody knows, which a web thread must not do.
        source_words: what the conversion packed to compare edits with; kept beside the Markdown.
        document: what it packed of the blocks that the Markdown was made of; kept there, too.
    """
    blocks = keeping.decoded(document) if document else None
    content = markdown.encode()
    name = _name(row, attempt_id)
    try:
        if source_words:
            storage().save(_words_name(name), ContentFile(source_words.encode("ascii")))
        if blocks:
            storage().save(_document_name(name), ContentFile(blocks))
        stored = storage().save(name, ContentFile(content))
    except BaseException:
        remove(name)  # what a full disk left of it
        raise
    return StoredResult(
        name=stored,
        size=len(content),
        tokens=count_tokens(markdown) if tokens is None else tokens,
        sha256=hashlib.sha256(content).hexdigest(),
        document_size=len(blocks or b""),
    )


def remove_lost(row: JobDocument, attempt_id: UUID) -> None:
    """Remove what an attempt may have written that does not hold the document any more."""
    remove(_name(row, attempt_id))


def remove(name: str) -> None:
    """Remove a result file that no row names, and what is kept beside it."""
    storage().delete(name)
    storage().delete(_words_name(name))
    storage().delete(_document_name(name))


def source_words(name: str) -> str | None:
    """The words of the source of the conversion that made the result file `name`.

    As it packed them. None if none were kept, as of formats without a second reading and of results
    from before they were.
    """
    try:
        with storage().open(_words_name(name)) as file:
            packed: str = file.read().decode("ascii")
    except FileNotFoundError:
        return None
    return packed


def source_words_of(row: JobDocument) -> str | None:
    """As `source_words`, of the conversion that the row's result came from, edited or not."""
    file = converted_file(row)
    return source_words(str(file.name)) if file else None


def converted_file(row: JobDocument) -> FieldFile | None:
    """What the latest conversion of the row made, edited since or not; None if that is gone."""
    versions = ResultVersion.objects.filter(job_document=row)
    if not versions.filter(result_file=row.result_file.name).exists():
        return row.result_file or None
    own = versions.filter(made_at=converted_at(row)).last()
    return own.result_file if own else None


def converted_at(row: JobDocument) -> datetime:
    """When the latest conversion ended; its version is known by that."""
    return row.completed_at or row.created_at


def document_of(row: JobDocument) -> Document | None:
    """The blocks that the row's Markdown was made of.

    None of edited texts, of results from before they were kept, and of very large ones.
    """
    data = _document_bytes(row)
    return keeping.unpacked(data) if data else None


def packed_document_of(row: JobDocument) -> str | None:
    """As `document_of`, as a conversion packs it."""
    data = _document_bytes(row)
    return base64.b64encode(data).decode() if data else None


def _document_bytes(row: JobDocument) -> bytes | None:
    # Each text has files of its own, so what lies beside this one was made of the same blocks.
    try:
        with storage().open(_document_name(str(row.result_file.name))) as file:
            data: bytes = file.read(keeping.MOST_PACKED + 1)
    except FileNotFoundError:
        return None
    return data if len(data) <= keeping.MOST_PACKED else None


def result_of(name: str) -> str:
    """The result file that a stored file belongs to: itself, unless it is kept beside one."""
    for suffix in (_WORDS, _DOCUMENT):
        if name.endswith(suffix):
            return name.removesuffix(suffix) + _MARKDOWN
    return name


def read(row: JobDocument, *, at_most: int | None = None) -> str:
    """The Markdown of a completed document, or its first characters: see `read_file`.

    Raises:
        ResultMissing: it has no result, or the file is gone.
    """
    if not row.result_file:
        raise ResultMissing(f"“{row.filename}” has no result: it is {row.status}.")
    return read_file(row.result_file, row.filename, at_most=at_most)


def read_file(stored: FieldFile, filename: str, *, at_most: int | None = None) -> str:
    """The Markdown in `stored`, which was made from the document `filename`.

    Args:
        at_most: characters wanted. There may come more, never fewer if the text has as many.

    Raises:
        ResultMissing: the file is gone.
    """
    try:
        with stored.storage.open(str(stored.name)) as file:
            content = file.read() if at_most is None else file.read(_LONGEST_CHARACTER * at_most)
    except FileNotFoundError as missing:
        raise ResultMissing(
            f"The result of “{filename}” is missing from the storage. Run the document again."
        ) from missing
    return utf_8_decode(content, "strict", at_most is None)[0]  # the last character may be cut


def _name(row: JobDocument, attempt_id: UUID) -> str:
    field = JobDocument._meta.get_field("result_file")
    return field.generate_filename(row, f"{attempt_id}{_MARKDOWN}")


def _words_name(name: str) -> str:
    return name.removesuffix(_MARKDOWN) + _WORDS


def _document_name(name: str) -> str:
    return name.removesuffix(_MARKDOWN) + _DOCUMENT
