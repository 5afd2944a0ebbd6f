"""The parts of ZIP archives, which may be damaged on purpose."""

import zipfile

import pytest
from lxml import etree

from documents.conversion import errors
from documents.conversion.readers.packages import Package, parse


def test_a_fault_of_ours_is_not_taken_for_damage(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.xml", "<a/>")

    with pytest.raises(ZeroDivisionError), Package.open(tmp_path / "a.zip"):
        1 / 0  # noqa: B018


def test_a_damaged_part_is_damage(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.xml", "<a>words</a>")
    path.write_bytes(path.read_bytes().replace(b"words", b"sword", 1))

    with Package.open(path) as package, pytest.raises(errors.EngineError):
        package.tree("a.xml")


def test_entities_are_left_out_when_they_are_not_declared_as_short_text():
    root = parse(b'<!DOCTYPE a [<!ENTITY x "&z;&z;"><!ENTITY z "short">]><a>1&x;2<b/>&z;&y;3</a>')

    assert etree.tostring(root) == b"<a>12<b/>short3</a>"
