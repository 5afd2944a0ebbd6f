"""Files in files: read by the reader of their own format, not without end."""

import pytest

from documents.conversion import ConversionError, ConversionOptions, pipeline
from documents.conversion.document import Document, Paragraph, Span
from documents.conversion.formats import FORMATS
from documents.conversion.reading import Reading


def inner(data, filename="inner.html"):
    return pipeline.read_inner(data, filename, ConversionOptions(), lambda *_: None)


def test_a_file_within_another_is_read_as_what_it_is():
    reading = inner(b"<html><body><h1>Title</h1><p>Words</p></body></html>", "wrong.txt")

    assert [block.kind for block in reading.document.blocks] == ["heading", "paragraph"]


def test_a_file_that_cannot_be_read_is_refused_as_any_other():
    with pytest.raises(ConversionError):
        inner(b"%PDF-1.7 and nothing else", "inner.pdf")


def test_files_are_not_read_deeper_than_three_in_each_other(monkeypatch):
    depths = []

    def read(path, filename, options, report, *, format_name):
        depths.append(filename)
        inner(path.read_bytes(), f"{filename}.txt")
        return Reading(Document([Paragraph([Span("x")])]), "test")

    monkeypatch.setattr("documents.conversion.readers.text.read", read)

    inner(b"text", "1.txt")

    assert len(depths) == pipeline.MAX_INNER_DEPTH


def test_files_within_one_share_what_they_may_bring_along(monkeypatch):
    monkeypatch.setattr(pipeline, "MAX_INNER_BYTES", 10)

    with pipeline._budget():
        assert inner(b"123456", "a.txt") is not None
        assert inner(b"123456", "b.txt") is None


def test_every_format_names_a_reader_that_is_there():
    from importlib import import_module

    for format_ in FORMATS.values():
        module, _, function = format_.reader.partition(":")
        loaded = import_module(f"documents.conversion.readers.{module}")
        assert callable(getattr(loaded, function))
