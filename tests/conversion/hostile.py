"""Texts that make careless patterns and scanners slow: each repeats the beginning of something."""

from collections.abc import Callable

Shape = Callable[[int], str]


def _repeated(unit: str, *, before: str = "", after: str = "") -> Shape:
    """`unit` again and again, up to a text of about as many characters as asked for."""

    def shape(size: int) -> str:
        return before + unit * max(1, (size - len(before) - len(after)) // len(unit)) + after

    return shape


SHAPES: dict[str, Shape] = {
    "letters": _repeated("a"),
    "consonants": _repeated("b", after="!"),
    "digits": _repeated("1", after="x"),
    "full stops": _repeated("."),
    "spaces in a heading": _repeated(" ", before="# a", after="x"),
    "spaces before a line": _repeated(" ", before="#", after="\nx"),
    "lines of spaces": _repeated(" \n"),
    "hyphens": _repeated("-"),
    "words cut by hyphens": _repeated("a-\n", after="1"),
    "comments": _repeated("<!-- x -->", after="x"),
    "begun comments": _repeated("<!--"),
    "begun tags": _repeated("<svg "),
    "begun elements": _repeated("<svg><script>"),
    "begun declarations": _repeated("<meta charset ="),
    "begun runs": _repeated("<w:t "),
    "begun breaks": _repeated("<br "),
    "begun links": _repeated("]("),
    "links with brackets": _repeated("](a(b)", after=" "),
    "begun code": _repeated("\n```\n`a", after="$$"),
    "asterisks": _repeated("**_ "),
    "bars": _repeated("|"),
    "a table": _repeated("| a | b |\n", before="| a | b |\n| --- | --- |\n"),
    "ragged rows": lambda size: "\n".join("," * n + "a" for n in range(int((2 * size) ** 0.5))),
    "paragraphs that go on": _repeated("and so on\n\n"),
    "list items": _repeated("1. a\n  - b\n"),
    "numbered pages": _repeated("page 1 of ", after="x"),
    "addresses": _repeated("a@", after=" "),
    "character references": _repeated("&#9"),
    "mail fields": _repeated("A: b\r\n c\r\n", after="x"),
    "folded mail fields": _repeated(" c\r\n", before="A: b\r\n", after="x"),
    "quotation marks": _repeated("\"',"),
    "backslashes": _repeated("\\|\\"),
    "marks out of order": _repeated("\u0315\u0300"),
    "accents": _repeated("é\u0301"),
    "groups of RTF": _repeated("{\\b", before="{\\rtf1 "),
}
