"""Why a document could not be converted: a stable code, a sentence, and what to do next."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

MEGABYTE = 1_000_000


class ConversionError(Exception):
    """A document that cannot be converted.

    `message` and `hint` are plain sentences for people. `detail` is for logs only: it may hold raw
    text of an engine. `permanent` says that trying again cannot help.
    """

    def __init__(
        self, code: str, message: str, hint: str, *, permanent: bool = True, detail: str = ""
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.permanent = permanent
        self.detail = detail

    def as_dict(self) -> dict[str, Any]:
        """Everything, as JSON types."""
        return {
            "code": self.code,
            "message": self.message,
            "hint": self.hint,
            "permanent": self.permanent,
            "detail": self.detail,
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """The error that `as_dict` described."""
        return cls(**values)


# What ends a program or a generator is no word of an engine.
ENDS = (KeyboardInterrupt, SystemExit, GeneratorExit)


class EngineError(Exception):
    """What a foreign engine raised while it read a foreign file; the text names it."""


@contextmanager
def engine_at_work(*known: type[Exception]) -> Iterator[None]:
    """Whatever an engine raises in here says that the file is damaged: it becomes an EngineError.

    Exceptions that are `known` to say something else go on as they are. Only calls of engines
    belong inside: what our own code raises is a fault of ours, and has to be seen as one.
    """
    passing = (EngineError, ConversionError, MemoryError, *ENDS, *known)
    try:
        yield
    except BaseException as problem:  # engines written in Rust raise panics outside Exception
        if isinstance(problem, passing):
            raise
        raise EngineError(f"{type(problem).__name__}: {problem}") from problem


def empty_file(filename: str) -> ConversionError:
    return ConversionError(
        "empty_file",
        f"The file “{filename}” is empty.",
        "Check the original and upload it again.",
    )


def corrupt_file(filename: str, label: str, detail: str = "") -> ConversionError:
    return ConversionError(
        "corrupt_file",
        f"The file “{filename}” is damaged or is not a real {label} file.",
        "Open it in the program it was made with, save it again and upload the new copy.",
        detail=detail,
    )


def encrypted_file(filename: str, detail: str = "") -> ConversionError:
    return ConversionError(
        "encrypted_file",
        f"The file “{filename}” is protected by a password.",
        "Retry it with its password if it is a PDF, Office or OpenDocument file; or save a copy"
        " without one and upload that.",
        detail=detail,
    )


def unknown_protection(filename: str) -> ConversionError:
    return ConversionError(
        "encrypted_file",
        f"The file “{filename}” is protected by a password in a way that cannot be opened here.",
        "Save a copy without a password and upload that.",
    )


def wrong_password(filename: str) -> ConversionError:
    return ConversionError(
        "wrong_password",
        f"The password does not open the file “{filename}”.",
        "Mind capital letters and retry it with the right password, or save a copy without one and"
        " upload that.",
    )


def unsupported_format(filename: str, what: str) -> ConversionError:
    return ConversionError(
        "unsupported_format",
        f"The file “{filename}” is {what}, which cannot be converted.",
        "Upload a document, a spreadsheet, a presentation, an e-mail or a picture.",
    )


def no_text_found(filename: str, hint: str) -> ConversionError:
    return ConversionError("no_text_found", f"No text was found in the file “{filename}”.", hint)


def ocr_disabled(filename: str) -> ConversionError:
    return ConversionError(
        "ocr_disabled",
        f"The file “{filename}” holds only pictures of text, and text recognition is switched off.",
        "Switch on OCR in the options and try again.",
    )


def too_large(filename: str, why: str) -> ConversionError:
    return ConversionError(
        "too_large",
        f"The file “{filename}” is too large to convert: {why}.",
        "Split it into smaller files and upload those.",
    )


def result_too_large(filename: str, result: int, limit: int) -> ConversionError:
    return ConversionError(
        "result_too_large",
        f"The Markdown of the file “{filename}” would have {result // MEGABYTE} MB, more than the "
        f"{limit // MEGABYTE} MB that a file of its size may grow to.",
        "Remove rows, columns or repeated parts that hold nothing, or split it into smaller files.",
    )


def ocr_language_missing(missing: list[str], available: list[str]) -> ConversionError:
    return ConversionError(
        "ocr_language_missing",
        f"The OCR language {_listed(missing)} is not installed; available: {_listed(available)}.",
        "Choose an installed language, or ask an administrator to install the missing one, "
        f"for example with the Debian package tesseract-ocr-{missing[0].replace('_', '-')}.",
    )


def own_fault(filename: str, detail: str) -> ConversionError:
    """What is wrong is our code, not the file."""
    return ConversionError(
        "conversion_failed",
        f"The file “{filename}” could not be converted, because of a fault in the conversion.",
        "Tell the operator; saved in another format, such as PDF, it may go.",
        detail=detail,
    )


def _listed(names: list[str]) -> str:
    return ", ".join(f"“{name}”" for name in names) or "none"
