"""Whatever people write: twice the text takes about twice the time, never four times."""

import ast
import base64
import gc
import inspect
import pkgutil
import re
import struct
import time
import zlib
from collections import Counter
from importlib import import_module
from pathlib import Path

import pypdfium2
import pytest

import curatore
import documents
import documents.conversion
import jobs
import orgsettings
from documents.conversion import ConversionError, ConversionOptions
from documents.conversion.chunking import sections
from documents.conversion.document import Document, PageInfo, Span
from documents.conversion.errors import EngineError
from documents.conversion.markdown import split_blocks
from documents.conversion.pipeline import convert
from documents.conversion.readers.bridge import blocks_of
from documents.conversion.scoring.facts import Facts
from documents.conversion.scoring.legibility import is_garbage
from documents.conversion.scoring.score import Evidence
from documents.conversion.scoring.source_words import packed
from documents.conversion.scoring.words import words_of

from .hostile import SHAPES

pytestmark = pytest.mark.growth

LARGEST = 100_000  # characters
SIZES = [LARGEST >> halvings for halvings in range(12, -1, -1)]  # 24, 48, ... 50,000, 100,000
FLOOR = 0.03  # seconds of processor time; what takes less at 100 KB may be as it is
MOST_GROWTH = 3  # times as long for twice the text
TRIES = 4  # what grows too fast does so each time


def assert_is_linear(work, shape, floor=FLOOR):
    """Run `work` on ever longer texts of `shape`; it may take as much longer as the text is.

    The sizes begin small: what is exponential must not be asked for more than it can do.
    """
    _processor_time(work, "x")  # what is loaded when it is first needed
    before = 0.0
    for size in SIZES:
        text = shape(size)
        limit = max(floor, MOST_GROWTH * before)
        taken = _processor_time(work, text)
        for _ in range(TRIES - 1):  # other work on the machine may have spoilt the caches
            if taken > limit:
                taken = min(taken, _processor_time(work, text))
        assert taken <= limit, f"{size} characters took {taken:.3f} s, half of it {before:.3f} s"
        before = taken


def _processor_time(work, text):
    # A collection looks at all objects of the test process, not only at those of `work`.
    gc.disable()
    begun = time.process_time()
    try:
        work(text)
    except (
        ConversionError,
        EngineError,
        ValueError,
        LookupError,
        struct.error,
    ):  # a refusal is an answer
        pass
    finally:
        taken = time.process_time() - begun
        gc.enable()
    return taken


# --- patterns -----------------------------------------------------------------------------------


def project_modules():
    for package in (curatore, documents, jobs, orgsettings):
        yield package.__name__
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not re.search(r"\.(migrations|samples|management)\b|wsgi", module.name):
                yield module.name


def module_patterns():
    """Every pattern of the project's modules by its name, also those in tables."""
    for name in project_modules():
        for attribute, value in vars(import_module(name)).items():
            held = value.items() if isinstance(value, dict) else [("", value)]
            if isinstance(value, (tuple, list)):
                held = enumerate(value)
            for key, pattern in held:
                if isinstance(pattern, re.Pattern) and attribute[:2] != "__":
                    yield f"{name}.{attribute}{f'[{key}]' if key != '' else ''}", pattern


PATTERNS = dict(module_patterns())


def _uses(pattern):
    """Every way in which a pattern may be asked; a text in bytes for patterns of bytes."""
    takes_bytes = isinstance(pattern.pattern, bytes)

    def work(text):
        given = text.encode() if takes_bytes else text
        pattern.match(given)
        pattern.search(given)
        pattern.fullmatch(given)
        pattern.sub(b"" if takes_bytes else "", given)

    return work


@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_a_pattern_takes_time_in_proportion_to_the_text(name):
    for shape in SHAPES.values():
        assert_is_linear(_uses(PATTERNS[name]), shape)


def test_no_pattern_is_written_where_the_test_above_cannot_find_it():
    allowed = {"compile", "escape"}
    inside = []
    for name in project_modules():
        source = Path(import_module(name).__file__)
        for node in ast.walk(ast.parse(source.read_text())):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            if is_call and isinstance(node.func.value, ast.Name) and node.func.value.id == "re":
                is_literal = isinstance(node.args[0], (ast.Constant, ast.JoinedStr))
                if node.func.attr not in allowed and is_literal:
                    inside.append(f"{name}:{node.lineno} re.{node.func.attr}")

    assert inside == []


# --- functions ----------------------------------------------------------------------------------

# Functions that take more than a text: how each is called with one. A new function that takes a
# text and cannot be called with it alone belongs here.
ADAPTERS = {
    "chunking.sections": lambda f, text: list(f(text)),
    "chunking.cut": lambda f, text: [f(part, size=100, overlap=20) for part in sections(text)],
    # All words mended, and all words lost: the other text has another letter or other letters.
    "losses.kept": lambda f, text: (f(text, text.replace("e", "o")), f(text, text[::-1])),
    "differences.compare": lambda f, text: f(
        "\n".join(text.split(" ")), "\n".join(text[::-1].split(" "))
    ),
    "differences._parts": lambda f, text: (f(text, text + "x"), f(text, text[::-1])),
    "losses._words": lambda f, text: f(text, without_garbage=True),
    "losses._spellings": lambda f, text: list(f(text)),
    "losses._forgive": lambda f, text: f(Counter(text.split()), Counter(text[::-1].split())),
    "markdown.table": lambda f, text: f([text.split(","), text.split("|")]),
    "markdown.heading_text": lambda f, text: f(re.match("(x?)(.*)", text, re.S)),
    "cleanup.clean_up": lambda f, text: f(_document(text)),
    "score.score": lambda f, text: f(text, Evidence(source=Facts(words=words_of(text)))),
    "compare.words_kept": lambda f, text: f(text.split(), text[::-1].split()),
    "compare.order": lambda f, text: f(text.split(), text.split()[::-1]),
    "compare.keys_kept": lambda f, text: f(text.split(), text[::-1].split()),
    "compare.rows_kept": lambda f, text: f([(w,) for w in text.split()], [(w,) for w in text]),
    "delimited._records": lambda f, text: list(f(text, ",")),
    "source_text._visible": lambda f, text: f(text, " "),
    "source_words.unpacked": lambda f, text: f(_packed(text)),
    "inline.inline": lambda f, text: f([Span(text), Span(text, bold=True)]),
}
# The splitter takes a tenth of a second for any text of more than one chunk.
FLOORS = {
    "restructured.read_text": 0.3,  # docutils
    "written._restructured": 0.3,
    "chunking.cut": 0.25,
}
# Those that are only called with texts that somebody else has bounded or made.
BOUNDED = {
    "detection.detect": "the name of a file, at most 255 characters",
    "detection._described": "a name of a format and of a file",
    "plausibility.script_of": "one character",
    "inline._is_punctuation": "one character",
    "restructured._parsed": "paragraphs of a length that read_text bounds",
    "legibility._is_letter": "one character",
    "bare_values.bare_sheets": "reads a workbook; its cells go through clean_text",
    "source_text.bare_text": "reads an archive; its parts go through strip_markup and _runs",
}


def _packed(text):
    return packed(Facts(words=words_of(text))) or base64.b64encode(zlib.compress(b"{}")).decode()


def _document(text):
    blocks = split_blocks(text)
    pages = [blocks[: len(blocks) // 2], blocks[len(blocks) // 2 :], *([b] for b in blocks[:5000])]
    found = [block for n, page in enumerate(pages, start=1) for block in blocks_of(page, n)]
    return Document(found, [PageInfo(n) for n, _ in enumerate(pages, start=1)])


def text_functions():
    """Functions of documents.conversion whose required arguments are all texts or bytes."""
    for module in pkgutil.walk_packages(documents.conversion.__path__, "documents.conversion."):
        # Not about texts: the child's pipes, errors' words, and what asks for files.
        if module.name.split(".")[2] in {"sandbox", "errors", "batch", "ocr"}:
            continue
        loaded = import_module(module.name)
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            short = f"{module.name.rpartition('.')[2]}.{name}"
            if function.__module__ != loaded.__name__ or short in BOUNDED:
                continue
            if short in ADAPTERS:
                adapter = ADAPTERS[short]
                yield short, lambda text, f=function, call=adapter: call(f, text)
                continue
            required = [
                parameter
                for parameter in inspect.signature(function).parameters.values()
                if parameter.default is parameter.empty
            ]
            kinds = [parameter.annotation for parameter in required]
            if kinds and all(kind in {str, bytes} for kind in kinds):
                yield short, _caller(function, required)


def _caller(function, required):
    def call(text):
        values = {p.name: text.encode() if p.annotation is bytes else text for p in required}
        result = function(
            *(values[p.name] for p in required if p.kind is not p.KEYWORD_ONLY),
            **{p.name: values[p.name] for p in required if p.kind is p.KEYWORD_ONLY},
        )
        if inspect.isgenerator(result):
            list(result)

    return call


FUNCTIONS = dict(text_functions())


def test_the_functions_that_read_texts_are_found():
    expected = {
        "detection._begins_as_html",
        "encoding.decode_text",
        "losses.kept",
        "markdown.clean_text",
        "markdown.normalize",
        "markdown.split_blocks",
        "legibility.is_garbage",
        "score.score",
        "words.words_of",
        "source_text.strip_markup",
    }

    assert expected <= set(FUNCTIONS)


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_a_function_takes_time_in_proportion_to_the_text(name):
    for shape in SHAPES.values():
        assert_is_linear(FUNCTIONS[name], shape, FLOORS.get(name, FLOOR))


def test_a_long_word_that_ends_with_a_sign_takes_time_in_proportion_to_its_letters():
    assert_is_linear(is_garbage, lambda size: "a" * size + "!")


# --- whole files --------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".txt", ".md", ".csv", ".tsv", ".html", ".eml", ".rtf"])
@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_a_file_takes_time_in_proportion_to_its_text(suffix, shape, tmp_path):
    path = tmp_path / f"file{suffix}"

    def work(text):
        path.write_text(text)
        convert(path, filename=path.name, options=ConversionOptions(), report=lambda *_: None)

    assert_is_linear(work, SHAPES[shape])


@pytest.mark.parametrize("ocr_force", [False, True])
def test_blank_pages_take_as_much_longer_as_there_are_more(tmp_path, ocr_force):
    def seconds(count):
        path = tmp_path / f"{count}.pdf"
        with pypdfium2.PdfDocument.new() as document:
            for _ in range(count):
                document.new_page(612, 792).close()
            document.save(path)
        options = ConversionOptions(ocr_force=ocr_force)
        begun = time.process_time()
        with pytest.raises(ConversionError, match="No text was found"):
            convert(path, filename=path.name, options=options, report=lambda *_: None)
        return time.process_time() - begun

    seconds(1)  # what is loaded when it is first needed

    # Four times as many; when each batch looked through the whole file it was twelve times.
    assert seconds(40_000) < 2 * MOST_GROWTH * seconds(10_000)
