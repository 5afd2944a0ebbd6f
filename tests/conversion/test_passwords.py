"""Protected files are read with their password, and with no other."""

import base64
import hashlib
import io
import os
import zipfile
import zlib

import msoffcrypto
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from documents.conversion import ConversionError
from documents.samples import SAMPLES

PASSWORD = "open sesame"  # of the samples


def encrypted(name, folder):
    """A sample of Office, protected by PASSWORD."""
    with SAMPLES[name].path.open("rb") as plain:
        target = io.BytesIO()
        msoffcrypto.OfficeFile(plain).encrypt(PASSWORD, target)
    path = folder / name
    path.write_bytes(target.getvalue())
    return path


def test_a_pdf_is_read_with_its_password(convert, bad_file):
    conversion = convert(bad_file("encrypted.pdf"), password=PASSWORD)

    assert "Nobody may read this." in conversion.markdown
    assert conversion.media_type == "application/pdf"


@pytest.mark.parametrize("name", ["report.docx", "slides.pptx", "inventory.xlsx"])
def test_an_office_file_is_read_with_its_password(convert, convert_sample, tmp_path, name):
    conversion = convert(encrypted(name, tmp_path), password=PASSWORD)

    assert conversion.markdown == convert_sample(name).markdown


@pytest.mark.parametrize("name", ["encrypted.pdf", "encrypted.docx"])
def test_a_wrong_password_is_told_from_a_missing_one(convert, bad_file, name):
    with pytest.raises(ConversionError) as failure:
        convert(bad_file(name), password="Open Sesame")

    assert failure.value.code == "wrong_password"
    assert failure.value.permanent
    assert "Open Sesame" not in str(failure.value.as_dict())


@pytest.mark.parametrize("name", ["report.pdf", "report.docx", "report.doc", "notes.txt"])
def test_a_file_that_needs_no_password_is_read_as_always(convert, convert_sample, name):
    conversion = convert(SAMPLES[name].path, password=PASSWORD)

    assert conversion.markdown == convert_sample(name).markdown


@pytest.mark.parametrize("name", ["truncated.pdf", "random.docx", "truncated.docx"])
def test_a_damaged_file_is_called_damaged_whatever_the_password(convert, bad_file, name):
    with pytest.raises(ConversionError) as failure:
        convert(bad_file(name), password=PASSWORD)

    assert failure.value.code == "corrupt_file"


def test_no_unprotected_copy_is_left_behind(convert, bad_file, sandbox):
    convert(bad_file("encrypted.pdf"), password=PASSWORD)

    assert [file.name for file in sandbox._child.home.iterdir()] == ["stderr"]


def locked_part(data, password, size, *, is_package=False, told=1000):
    """The bytes of a part and its entry in the manifest, as ODF 1.2 or LibreOffice has them."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(data) + packer.flush()
    start, salt = hashlib.sha256(password.encode()).digest(), os.urandom(16)
    if is_package:
        vector = os.urandom(12)
        key = Argon2id(salt=salt, length=32, iterations=1, lanes=1, memory_cost=64).derive(start)
        locked = vector + AESGCM(key).encrypt(vector, packed, None)
        cipher = "http://www.w3.org/2009/xmlenc11#aes256-gcm"
        derivation = (
            'key-derivation-name="urn:org:documentfoundation:names:experimental:office:manifest:'
            'argon2id" loext:argon2-iterations="1" loext:argon2-memory="64" loext:argon2-lanes="1"'
        )
    else:
        vector = os.urandom(16)
        key = hashlib.pbkdf2_hmac("sha1", start, salt, 1000, 32)
        padding = 16 - len(packed) % 16
        encryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
        locked = encryptor.update(packed + bytes([padding]) * padding) + encryptor.finalize()
        cipher = "http://www.w3.org/2001/04/xmlenc#aes256-cbc"
        derivation = f'key-derivation-name="PBKDF2" manifest:iteration-count="{told}"'
    return locked, (
        f' manifest:size="{size}"><manifest:encryption-data>'
        f'<manifest:algorithm manifest:algorithm-name="{cipher}"'
        f' manifest:initialisation-vector="{base64.b64encode(vector).decode()}"/>'
        f"<manifest:key-derivation manifest:{derivation}"
        f' manifest:salt="{base64.b64encode(salt).decode()}"/>'
        "<manifest:start-key-generation manifest:start-key-generation-name="
        '"http://www.w3.org/2000/09/xmldsig#sha256"/></manifest:encryption-data>'
    )


def locked_odf(name, folder, *, is_package=False, **fields):
    """A sample of OpenDocument, protected by PASSWORD."""
    source = SAMPLES[name].path
    with zipfile.ZipFile(source) as archive:
        parts = {entry: archive.read(entry) for entry in archive.namelist()}
    if is_package:
        parts = {"mimetype": parts["mimetype"], "encrypted-package": source.read_bytes()}
    path, entries = folder / name, ""
    with zipfile.ZipFile(path, "w") as target:
        for entry, data in parts.items():
            if entry == "META-INF/manifest.xml" or entry.endswith("/"):
                continue
            if entry == "mimetype":
                target.writestr(entry, data)
                continue
            locked, told = locked_part(data, PASSWORD, len(data), is_package=is_package, **fields)
            target.writestr(entry, locked)
            entries += f'<manifest:file-entry manifest:full-path="{entry}"{told}'
            entries += "</manifest:file-entry>"
        target.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
            ' xmlns:loext="urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0">'
            f"{entries}</manifest:manifest>",
        )
    return path


@pytest.mark.parametrize("is_package", [False, True])
@pytest.mark.parametrize("name", ["report.odt", "slides.odp", "inventory.ods"])
def test_an_open_document_is_read_with_its_password(
    convert, convert_sample, tmp_path, name, is_package
):
    conversion = convert(locked_odf(name, tmp_path, is_package=is_package), password=PASSWORD)

    assert conversion.markdown == convert_sample(name).markdown


@pytest.mark.parametrize("is_package", [False, True])
@pytest.mark.parametrize(
    ("password", "code"), [(None, "encrypted_file"), ("Open Sesame", "wrong_password")]
)
def test_an_open_document_stays_closed_without_its_password(
    convert, tmp_path, is_package, password, code
):
    with pytest.raises(ConversionError) as failure:
        convert(locked_odf("report.odt", tmp_path, is_package=is_package), password=password)

    assert failure.value.code == code


def test_an_open_document_that_asks_too_much_is_refused_in_plain_words(convert, tmp_path):
    path = locked_odf("report.odt", tmp_path, told=9_999_999_999)

    with pytest.raises(ConversionError) as failure:
        convert(path, password=PASSWORD)

    assert failure.value.code == "encrypted_file"
    assert "in a way that cannot be opened here" in failure.value.message
