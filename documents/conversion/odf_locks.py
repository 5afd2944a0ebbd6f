"""OpenDocument files that a password protects.

Known are the ways of ODF 1.2 to 1.3 (AES in CBC mode, each part by itself; part 3, section 3.4) and
of LibreOffice from 24.2 on (AES in GCM mode, the whole as one package).
"""

import base64
import hashlib
import io
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO
from xml.etree import ElementTree

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from . import errors

MANIFEST, PACKAGE = "META-INF/manifest.xml", "encrypted-package"
MAX_MANIFEST_BYTES = 16 * 1024**2
MAX_UNPACKED_BYTES = 500 * 1024**2  # of all parts together
# What a file may ask of us before its key is found.
MAX_ITERATIONS, MAX_PASSES, MAX_MEMORY_KB, MAX_LANES = 2_000_000, 20, 256 * 1024, 16
NAMESPACE = "{urn:oasis:names:tc:opendocument:xmlns:manifest:1.0}"
LIBREOFFICE = "{urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0}"
BLOCK, NONCE = 16, 12  # bytes


class Unknown(Exception):
    """It is protected in a way that is not known here, or asks too much."""


class WrongPassword(Exception):
    pass


@dataclass(frozen=True)
class Lock:
    """How one part is protected."""

    cipher: str
    vector: bytes
    salt: bytes
    iterations: int  # of PBKDF2; 0: Argon2id
    passes: int
    memory: int  # KB
    lanes: int
    size: int | None  # bytes of the part when it is unpacked


def unlock(data: bytes, filename: str, password: str, copy: IO[bytes]) -> bool:
    """Write an unprotected copy of the file; False if it is not protected, or no OpenDocument.

    Raises:
        ConversionError: wrong_password; encrypted_file if it is protected in another way;
            too_large.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if MANIFEST not in archive.namelist():
            return False
        with archive.open(MANIFEST) as file:
            manifest = file.read(MAX_MANIFEST_BYTES)
        if b"encryption-data" not in manifest:
            return False
        try:
            _unlock(archive, manifest, hashlib.sha256(password.encode()).digest(), filename, copy)
        except WrongPassword as refusal:
            raise errors.wrong_password(filename) from refusal
        except Unknown as refusal:
            raise errors.unknown_protection(filename) from refusal
    return True


def _unlock(
    archive: zipfile.ZipFile, manifest: bytes, start_key: bytes, filename: str, copy: IO[bytes]
) -> None:
    if b"<!ENTITY" in manifest:
        raise Unknown
    tree = ElementTree.fromstring(manifest)  # noqa: S314  # without entities, in a limited child
    locks = {
        entry.get(f"{NAMESPACE}full-path", ""): _lock(entry, data)
        for entry in tree.iter(f"{NAMESPACE}file-entry")
        if (data := entry.find(f"{NAMESPACE}encryption-data")) is not None
    }
    left = MAX_UNPACKED_BYTES
    if PACKAGE in locks:
        copy.write(
            _plain(
                _read(archive, archive.getinfo(PACKAGE), left, filename),
                locks[PACKAGE],
                start_key,
                left,
                filename,
            )
        )
        return
    for entry in tree.iter(f"{NAMESPACE}file-entry"):
        for data in entry.findall(f"{NAMESPACE}encryption-data"):
            entry.remove(data)
    with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as target:
        for info in archive.infolist():
            part = _read(archive, info, left, filename)
            if info.filename == MANIFEST:
                part = ElementTree.tostring(tree)
            elif lock := locks.get(info.filename):
                part = _plain(part, lock, start_key, left, filename)
            left -= len(part)
            target.writestr(info.filename, part)


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, left: int, filename: str) -> bytes:
    with archive.open(info) as file:
        part = file.read(left + 1)
    if len(part) > left:
        raise _unpacks_to_too_much(filename)
    return part


def _unpacks_to_too_much(filename: str) -> errors.ConversionError:
    size = MAX_UNPACKED_BYTES // 1024**2
    return errors.too_large(filename, f"it unpacks to more than {size} MB")


def _lock(entry: ElementTree.Element, data: ElementTree.Element) -> Lock:
    cipher, key = data.find(f"{NAMESPACE}algorithm"), data.find(f"{NAMESPACE}key-derivation")
    start = data.find(f"{NAMESPACE}start-key-generation")
    if cipher is None or key is None or start is None:
        raise Unknown
    name = key.get(f"{NAMESPACE}key-derivation-name", "").rpartition("#")[2]
    if not start.get(f"{NAMESPACE}start-key-generation-name", "").endswith("#sha256"):
        raise Unknown
    is_argon = name.endswith(":argon2id")
    if not is_argon and name.lower() != "pbkdf2":
        raise Unknown
    size = entry.get(f"{NAMESPACE}size")
    return Lock(
        cipher.get(f"{NAMESPACE}algorithm-name", "").rpartition("#")[2],
        base64.b64decode(cipher.get(f"{NAMESPACE}initialisation-vector", "")),
        base64.b64decode(key.get(f"{NAMESPACE}salt", "")),
        0 if is_argon else _number(key.get(f"{NAMESPACE}iteration-count"), MAX_ITERATIONS),
        _number(key.get(f"{LIBREOFFICE}argon2-iterations"), MAX_PASSES) if is_argon else 0,
        _number(key.get(f"{LIBREOFFICE}argon2-memory"), MAX_MEMORY_KB) if is_argon else 0,
        _number(key.get(f"{LIBREOFFICE}argon2-lanes"), MAX_LANES) if is_argon else 0,
        int(size) if size and size.isdecimal() else None,
    )


def _number(told: str | None, most: int) -> int:
    if told is None or not told.isdecimal() or not 0 < int(told[:20]) <= most:
        raise Unknown
    return int(told)


def _plain(data: bytes, lock: Lock, start_key: bytes, left: int, filename: str) -> bytes:
    """One part, deciphered and unpacked; at most `left` bytes of it."""
    packed = _deciphered(data, lock, _key(lock, start_key))
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        plain = unpacker.decompress(packed, left + 1)
    except zlib.error as problem:
        raise WrongPassword from problem
    if len(plain) > left:
        raise _unpacks_to_too_much(filename)
    # Hardly any other key than the right one comes to an end of the packed bytes.
    if not unpacker.eof or (lock.size is not None and lock.size != len(plain)):
        raise WrongPassword
    return plain


def _key(lock: Lock, start_key: bytes) -> bytes:
    if lock.iterations:
        return hashlib.pbkdf2_hmac("sha1", start_key, lock.salt, lock.iterations, 32)
    return Argon2id(
        salt=lock.salt,
        length=32,
        iterations=lock.passes,
        lanes=lock.lanes,
        memory_cost=lock.memory,
    ).derive(start_key)


def _deciphered(data: bytes, lock: Lock, key: bytes) -> bytes:
    if lock.cipher == "aes256-cbc" and len(lock.vector) == BLOCK and len(data) % BLOCK == 0:
        decryptor = Cipher(algorithms.AES(key), modes.CBC(lock.vector)).decryptor()
        return decryptor.update(data) + decryptor.finalize()
    if lock.cipher == "aes256-gcm" and len(lock.vector) == NONCE:
        try:
            return AESGCM(key).decrypt(lock.vector, data.removeprefix(lock.vector), None)
        except InvalidTag as problem:
            raise WrongPassword from problem
    raise Unknown
