"""Names and headings in archives."""

import pytest

from documents.archive_names import Names, UniqueNames, folder_name, markdown_name
from documents.exports import push_headings_down


def named(*filenames, folder="all"):
    """What the results of these files are called in one folder, in their order."""
    names = Names((folder, filename) for filename in filenames)
    return [names.next(folder, filename).removeprefix(f"{folder}/") for filename in filenames]


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


def test_names_whose_stems_meet_keep_their_endings():
    assert named("report.docx", "letter.txt", "report.pdf", "report.tar.gz") == [
        "report.docx.md",
        "letter.md",
        "report.pdf.md",
        "report.tar.md",
    ]


def test_only_the_very_same_name_is_numbered():
    assert named("report.docx", "report.pdf", "report.docx", "report.docx") == [
        "report.docx.md",
        "report.pdf.md",
        "report.docx (2).md",
        "report.docx (3).md",
    ]


@pytest.mark.parametrize("order", [1, -1])
def test_no_name_takes_what_stands_for_another_whichever_comes_first(order):
    files = ["a.docx", "a.pdf", "a.docx.txt", "b.txt", "b.txt", "b.txt (2).txt", "b (2).txt"]
    files = files[::order]

    assert dict(zip(files, named(*files), strict=True)) == {
        "a.docx": "a.docx.md",
        "a.pdf": "a.pdf.md",
        "a.docx.txt": "a.docx.txt.md",
        "b.txt": "b.txt (3).md",
        "b.txt (2).txt": "b.txt (2).md",
        "b (2).txt": "b (2).md",
    }


def test_names_differ_also_where_capitals_or_accents_do_not_count():
    composed, decomposed = "\u00e9.txt", "e\u0301.txt"

    assert named("A.txt", "a.pdf", composed, decomposed) == [
        "A.txt.md",
        "a.pdf.md",
        "\u00e9.txt.md",
        "e\u0301.txt (2).md",
    ]


def test_names_meet_only_in_one_folder():
    files = [("x/a", "report.docx"), ("x/b", "report.pdf"), ("X/A", "report.txt")]
    names = Names(files)

    assert [names.next(*file) for file in files] == [
        "x/a/report.docx.md",
        "x/b/report.md",
        "X/A/report.txt.md",  # the same folder to some file systems
    ]


def test_a_result_that_came_while_the_archive_was_made_takes_no_name_of_another():
    names = Names([("x", "a.txt"), ("x", "late.pdf")])

    assert names.next("x", "late.txt") == "x/late.txt.md"
    assert names.next("x", "new.txt") == names.next("x", "new.txt").replace(" (2)", "")
    assert names.next("x", "late.pdf") == "x/late.md"


def test_ten_thousand_equal_names_are_told_apart_at_once():
    assert len(set(named(*["report.txt"] * 10_000))) == 10_000


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        ("", ""),
        ("2026/March", "2026/March"),
        ("a:b/c?", "a_b/c_"),
        ("../..", "_/_"),
        ("con/ . ", "_con/_"),
        ("notes.md/Notes.MD", "notes.md_/Notes.MD_"),
        ("港" * 100, "港" * 60),
    ],
)
def test_a_folder_is_one_that_every_file_system_accepts_and_no_result_has(path, folder):
    assert folder_name(path) == folder


def test_titles_become_folders_of_their_own():
    names = UniqueNames()

    assert [names.folder(title) for title in ("Q3", "q3", "Q3 (2)", "")] == [
        "Q3",
        "q3 (2)",
        "Q3 (2) (2)",
        "_",
    ]


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
