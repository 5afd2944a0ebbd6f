"""Names and headings in archives."""

import pytest

from documents.exports import Names, markdown_name, push_headings_down


def unique_names(filenames):
    names = Names()
    return [names.next(filename) for filename in filenames]


@pytest.mark.parametrize(
    ("filename", "name"),
    [
        ("report.pdf", "report.md"),
        ("v1.2 notes.tar.gz", "v1.2 notes.tar.md"),
        ("../../etc/passwd", "passwd.md"),
        ('a<b>c:"d"|e?f*.txt', "a_b_c__d__e_f_.md"),
        ("back\\slash.txt", "back_slash.md"),
        ("line\nbreak\x00.txt", "line_break_.md"),
        ("CON.txt", "_CON.md"),
        ("com1.report.txt", "_com1.report.md"),
        (" . .txt", "_.md"),
        ("", "_.md"),
        ("港口.txt", "港口.md"),
    ],
)
def test_a_name_is_one_that_every_file_system_accepts(filename, name):
    assert markdown_name(filename) == name


def test_a_long_name_is_cut_between_characters():
    name = markdown_name("港" * 255 + ".txt")

    assert name == "港" * 60 + ".md"  # three bytes each


def test_names_differ_also_where_capitals_or_accents_do_not_count():
    composed, decomposed = "\u00e9.txt", "e\u0301.txt"

    assert unique_names(["A.txt", "a.pdf", composed, decomposed]) == [
        "A.md",
        "a (2).md",
        "\u00e9.md",
        "e\u0301 (2).md",
    ]


def test_ten_thousand_equal_names_are_told_apart_at_once():
    assert len(set(unique_names(["report.txt"] * 10_000))) == 10_000


@pytest.mark.parametrize(
    ("markdown", "pushed"),
    [
        ("# One", "## One"),
        ("###### Six", "###### Six"),
        ("   ## Indented", "   ### Indented"),
        ("#hashtag", "#hashtag"),
        ("    # code by indentation", "    # code by indentation"),
        ("text # not a heading", "text # not a heading"),
        ("```\n# code\n```\n# Title", "```\n# code\n```\n## Title"),
        ("~~~~ sh\n```\n# code\n~~~~\n# Title", "~~~~ sh\n```\n# code\n~~~~\n## Title"),
        ("```\n``` not closed\n# code", "```\n``` not closed\n# code"),
    ],
)
def test_headings_go_one_level_down_and_code_stays(markdown, pushed):
    assert push_headings_down(markdown) == pushed
