"""Ways to damage a document; the same random numbers damage it in the same way."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from random import Random

from documents.conversion.errors import EngineError, engine_at_work

Mutation = Callable[[bytes, bytes, Random], bytes]

PNG = b"\x89PNG\r\n\x1a\n"
NUMBER = re.compile(rb"\d+")
HUGE = (
    b"0",
    b"-1",
    b"65535",
    b"2147483648",
    b"4294967295",
    b"99999999999999999999",
    b"1e38",
    b"NaN",
)
EXTREMES = (0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF)
STREAM = re.compile(rb"stream\r?\n(.*?)\r?\n?endstream", re.S)
OBJECT = re.compile(rb"(?:^|[\r\n])(\d{1,7}) (\d{1,5}) obj\b")
MAX_REPEATS = 2000


def mutate(name: str, data: bytes, other: bytes, random: Random) -> bytes:
    """`data` of a file called `name` with one to three faults; `other` lends bytes to some."""
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        data = random.choice(_mutations(name, data))(data, other, random)
    return data


def _mutations(name: str, data: bytes) -> tuple[Mutation, ...]:
    # Inside a container most random damage only breaks the container.
    if data.startswith(b"PK\x03\x04"):
        return (*PLAIN, *(in_archive,) * len(PLAIN))
    if name.endswith(".pdf"):
        return (*PLAIN, *(in_stream, in_object) * (len(PLAIN) // 2))
    if data.startswith(PNG):
        return (*PLAIN, *(in_chunk,) * len(PLAIN))
    return PLAIN


def flip_bits(data: bytes, other: bytes, random: Random) -> bytes:
    changed = bytearray(data)
    for _ in range(random.choice((1, 4, 16, 64))):
        if changed:
            changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def truncate(data: bytes, other: bytes, random: Random) -> bytes:
    return data[: random.randrange(len(data) + 1)]


def splice(data: bytes, other: bytes, random: Random) -> bytes:
    """The beginning of one file and the end of another."""
    return data[: random.randrange(len(data) + 1)] + other[random.randrange(len(other) + 1) :]


def repeat_block(data: bytes, other: bytes, random: Random) -> bytes:
    start, block = _block(data, random)
    times = random.choice((2, 20, min(MAX_REPEATS, 200_000 // max(1, len(block)))))
    return data[:start] + block * times + data[start:]


def remove_block(data: bytes, other: bytes, random: Random) -> bytes:
    start, block = _block(data, random)
    return data[:start] + data[start + len(block) :]


def overwrite_block(data: bytes, other: bytes, random: Random) -> bytes:
    start, block = _block(data, random)
    return data[:start] + random.randbytes(len(block)) + data[start + len(block) :]


def enlarge_number(data: bytes, other: bytes, random: Random) -> bytes:
    """One of the numbers written in digits becomes an impossible one."""
    numbers = [match.span() for match in NUMBER.finditer(data)]
    if not numbers:
        return data
    start, end = random.choice(numbers)
    return data[:start] + random.choice(HUGE) + data[end:]


def extreme_integer(data: bytes, other: bytes, random: Random) -> bytes:
    """Two or four bytes become the smallest or largest that they can hold."""
    kind = random.choice(("<H", ">H", "<I", ">I"))
    width = struct.calcsize(kind)
    start = random.randrange(max(1, len(data) - width))
    value = random.choice(EXTREMES) & (256**width - 1)
    return data[:start] + struct.pack(kind, value) + data[start + width :]


def _block(data: bytes, random: Random) -> tuple[int, bytes]:
    start = random.randrange(len(data) + 1)
    return start, data[start : start + random.choice((1, 8, 64, 512, 4096))]


PLAIN: tuple[Mutation, ...] = (
    flip_bits,
    truncate,
    splice,
    repeat_block,
    remove_block,
    overwrite_block,
    enlarge_number,
    extreme_integer,
)


def in_archive(data: bytes, other: bytes, random: Random) -> bytes:
    """A fault in one member of a ZIP, which is then packed again in good order."""
    try:
        with engine_at_work(), zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {info.filename: archive.read(info) for info in archive.infolist()}
    except EngineError:  # damaged by an earlier fault
        return data
    if not members:
        return data
    chosen = random.choice(sorted(members))
    members[chosen] = random.choice(PLAIN)(members[chosen], other, random)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def in_chunk(data: bytes, other: bytes, random: Random) -> bytes:
    """A fault in one chunk of a PNG, or in the pixels of one, with a checksum that fits."""
    chunks = []
    place = len(PNG)
    while place + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, place)
        chunks.append((kind, data[place + 8 : place + 8 + length]))
        place += 12 + length
    if not chunks:
        return data
    chosen = random.randrange(len(chunks))
    kind, content = chunks[chosen]
    content, pack = _unpacked(content)
    chunks[chosen] = kind, pack(random.choice(PLAIN)(content, other, random))
    return PNG + b"".join(
        struct.pack(">I4s", len(body), name) + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )


def _unpacked(content: bytes) -> tuple[bytes, Callable[[bytes], bytes]]:
    """What `content` unpacks to, and how to pack it again; itself if it is not packed."""
    try:
        return zlib.decompress(content), zlib.compress
    except zlib.error:
        return content, bytes


def in_stream(data: bytes, other: bytes, random: Random) -> bytes:
    """A fault in what one stream of a PDF unpacks to."""
    streams = list(STREAM.finditer(data))
    if not streams:
        return data
    chosen = random.choice(streams)
    start, end = chosen.span(1)
    content, pack = _unpacked(chosen[1])
    content = pack(random.choice(PLAIN)(content, other, random))
    head = data[:start]
    before = head.rfind(b"/Length ")
    if before > head.rfind(b"obj"):
        head = head[:before] + re.sub(rb"\d+", b"%d" % len(content), head[before:], count=1)
    return _indexed(head + content + data[end:])


def in_object(data: bytes, other: bytes, random: Random) -> bytes:
    """An impossible number in one of the dictionaries of a PDF."""
    objects = [match.start() for match in OBJECT.finditer(data)]
    if not objects:
        return data
    start = random.choice(objects)
    end = min((place for place in objects if place > start), default=len(data))
    body = data[start:end]
    head = body[: body.find(b"obj") + 3]
    content = enlarge_number(body[len(head) :].partition(b"stream")[0], other, random)
    rest = body[len(head) :].partition(b"stream")
    return _indexed(data[:start] + head + content + rest[1] + rest[2] + data[end:])


def _indexed(data: bytes) -> bytes:
    """A PDF with a new table of its objects, so that readers find what was moved."""
    trailers = re.findall(rb"trailer\s*(<<.*?>>)\s*startxref", data, re.S)
    if not trailers:
        return data
    body = data[: data.rfind(b"trailer")]
    lines = b"".join(
        b"%d 1\n%010d 00000 n \n" % (int(match[1]), match.start(1))
        for match in OBJECT.finditer(body)
    )
    table = b"xref\n0 1\n0000000000 65535 f \n" + lines
    return (
        body
        + b"\n"
        + table
        + b"trailer "
        + trailers[-1]
        + b"\nstartxref\n%d\n%%%%EOF\n" % (len(body) + 1)
    )
