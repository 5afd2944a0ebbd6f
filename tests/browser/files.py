"""Files as a browser's file field takes them."""

from itertools import count

_serial = count(1)


def text_file(name="", text=""):
    """A small Markdown file with text that no other file has."""
    number = next(_serial)
    text = text or f"# Note {number} of these tests\n\nEnough words to make a sentence.\n"
    return {
        "name": name or f"made-{number}.md",
        "mimeType": "text/markdown",
        "buffer": text.encode(),
    }


def slow_file(name, seconds):
    """A document whose conversion takes so many seconds."""
    number = next(_serial)
    return text_file(name, f"#!curatore-fault sleep {seconds}\nSlow document {number}.\n")
