"""manage.py convert: files and folders to Markdown, a manifest and an exit code."""

import hashlib
import json
import shutil
import signal
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from documents.conversion.batch import find_sources
from documents.conversion.sandbox.parent import PROJECT
from documents.samples import BAD_FILES, FILES


@pytest.fixture
def folder(tmp_path):
    """Two good files of the same name, one below, one bad, and one of no supported format."""
    folder = tmp_path / "in"
    (folder / "below").mkdir(parents=True)
    shutil.copy(FILES / "report.docx", folder / "report.docx")
    shutil.copy(FILES / "report.pdf", folder / "report.pdf")
    shutil.copy(FILES / "notes.txt", folder / "below" / "notes.txt")
    shutil.copy(BAD_FILES / "truncated.pdf", folder / "broken.pdf")
    (folder / "program.exe").write_bytes(b"MZ\0")
    return folder


def convert(*arguments):
    """Run the command in a process of its own; its exit code and what it said."""
    command = [sys.executable, "manage.py", "convert", *map(str, arguments)]
    environment = {"PATH": "", "DJANGO_SETTINGS_MODULE": "tests.settings"}
    done = subprocess.run(
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def manifest(out):
    return json.loads((out / "manifest.json").read_text())


def test_a_folder_becomes_markdown_files_and_a_manifest(folder, tmp_path):
    status, said = convert(folder, "--out", tmp_path / "out", "--workers", 2)

    assert status == 2
    assert "3 of 4 files converted" in said
    files = {entry["file"]: entry for entry in manifest(tmp_path / "out")["files"]}
    assert set(files) == {"below/notes.txt", "broken.pdf", "report.docx", "report.pdf"}
    assert files["broken.pdf"]["error"]["code"] == "corrupt_file"
    assert files["broken.pdf"]["output"] is None
    entry = files["report.pdf"]
    written = (tmp_path / "out" / entry["output"]).read_bytes()
    assert entry["output_sha256"] == hashlib.sha256(written).hexdigest()
    assert entry["sha256"] == hashlib.sha256((folder / "report.pdf").read_bytes()).hexdigest()
    assert (entry["engine"], entry["pages"], entry["rag_ready"]) == ("pdfium", 3, True)
    assert entry["quality"]["conversion_score"] == entry["score"] >= 85


def test_the_exit_code_is_0_when_every_file_was_converted(tmp_path):
    status, said = convert(FILES / "notes.txt", "--out", tmp_path)

    assert status == 0, said
    assert (tmp_path / "notes.txt.md").read_text().startswith("Notes for the night shift.")


def test_the_exit_code_is_1_when_no_file_was_converted(tmp_path):
    status, said = convert(BAD_FILES / "empty.txt", "--out", tmp_path)

    assert status == 1
    assert "The file “empty.txt” is empty." in said
    assert manifest(tmp_path)["counts"] == {"converted": 0, "failed": 1, "cancelled": 0}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere.pdf"], "There is no file or folder nowhere.pdf."),
        ([str(PROJECT / "documents" / "migrations")], "No files of a supported format"),
        ([str(FILES), "--workers", "0"], "--workers must be at least 1."),
        ([str(FILES), "--option", "ocr_settings.psm=99"], "psm"),
        ([str(FILES), "--option", "color=red"], "“color” is not an option."),
        ([str(FILES), "--option", "color"], "write it as key=value"),
        ([str(FILES), "--workers", "many"], "invalid int value"),
    ],
)
def test_bad_arguments_end_with_1_and_a_sentence(arguments, sentence, tmp_path):
    status, said = convert(*arguments, "--out", tmp_path)

    assert status == 1
    assert sentence in said
    assert "Traceback" not in said


def test_options_reach_the_conversion(tmp_path):
    arguments = [str(FILES / "mixed.pdf"), "--out", str(tmp_path)]
    call_command("convert", *arguments, "--option", "ocr_settings.enabled=false")

    [entry] = manifest(tmp_path)["files"]
    assert entry["ocr_pages"] == 0
    assert not entry["rag_ready"]
    assert manifest(tmp_path)["options"]["ocr_settings"]["enabled"] is False


def test_an_out_folder_that_cannot_be_made_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("not a folder")

    with pytest.raises(CommandError, match="cannot be made"):
        call_command("convert", str(FILES / "notes.txt"), "--out", str(tmp_path / "file" / "out"))


def test_outputs_of_files_with_equal_names_do_not_collide(folder, tmp_path):
    (tmp_path / "other").mkdir()
    shutil.copy(FILES / "notes.txt", tmp_path / "other" / "REPORT.docx")

    sources = find_sources([folder, tmp_path / "other"], tmp_path / "out")

    outputs = [source.output.casefold() for source in sources]
    assert len(outputs) == len(set(outputs)) == 5


def test_what_was_written_before_is_not_converted_again(folder, tmp_path):
    out = folder / "out"
    out.mkdir()
    (out / "report.pdf.md").write_text("# Written before")

    assert not any("out" in source.name for source in find_sources([folder], out))


def test_ctrl_c_stops_the_command_and_the_manifest_says_so(tmp_path):
    for number in range(40):
        shutil.copy(FILES / "scan-noisy.pdf", tmp_path / f"{number}.pdf")
    command = [sys.executable, "-u", "manage.py", "convert", str(tmp_path), "--workers", "1"]
    command += ["--out", str(tmp_path / "out")]
    environment = {"PATH": "", "DJANGO_SETTINGS_MODULE": "tests.settings"}
    (tmp_path / "0.pdf").write_bytes((FILES / "notes.txt").read_bytes())  # ends at once

    process = subprocess.Popen(
        command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with process:
        first = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate()

    assert b"[1/40]" in first
    assert process.returncode == 130
    assert b"were not converted" in said
    assert manifest(tmp_path / "out")["counts"]["cancelled"] >= 38
