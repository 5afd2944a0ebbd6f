"""PDFs written by hand, so that they can say what no program would write."""

import zlib
from dataclasses import dataclass

A4 = "[0 0 595 842]"
SENTENCES = (
    "The cellar was dry and the books were kept there for years.",
    "Nobody had asked the miller for the key since the last harvest.",
    "Seven boats came back, but only two of them brought any fish.",
)


@dataclass(frozen=True)
class RawPage:
    """A page by its box, as it is written, its content stream, and what it uses."""

    content: bytes
    box: str | None = A4
    resources: str = "<</Font<</F 3 0 R>>>>"


def text_page(text, box=A4):
    return RawPage(b"BT /F 12 Tf 72 700 Td (%s) Tj ET" % text.encode("ascii"), box)


def picture_page(number):
    """A page full of the picture that is object `number`."""
    resources = f"<</XObject<</I {number} 0 R>>>>"
    return RawPage(b"q 595 0 0 842 0 0 cm /I Do Q", resources=resources)


def picture_object(width, height, pixels=b"\0", space="/DeviceRGB"):
    """An image of any stated size, whatever it holds."""
    packed = zlib.compress(pixels, 9)
    head = (
        f"<</Type/XObject/Subtype/Image/Width {width}/Height {height}/BitsPerComponent 8"
        f"/ColorSpace{space}/Filter/FlateDecode/Length {len(packed)}>>stream\n"
    )
    return head.encode() + packed + b"\nendstream"


def raw_pdf(pages, further=()):
    """A PDF of `pages`; the objects `further` are numbered from 1000."""
    kids = " ".join(f"{10 + 2 * index} 0 R" for index in range(len(pages)))
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>".encode(),
        3: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    }
    for index, page in enumerate(pages):
        box = f"/MediaBox {page.box}" if page.box else ""
        number = 10 + 2 * index
        objects[number] = (
            f"<</Type/Page/Parent 2 0 R{box}/Contents {number + 1} 0 R/Resources{page.resources}>>"
        ).encode()
        objects[number + 1] = _stream(page.content)
    objects |= {1000 + index: body for index, body in enumerate(further)}
    data = b"%PDF-1.4\n"
    table = b"xref\n0 1\n0000000000 65535 f \n"
    for number, body in sorted(objects.items()):
        table += b"%d 1\n%010d 00000 n \n" % (number, len(data))
        data += b"%d 0 obj %s endobj\n" % (number, body)
    end = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        max(objects) + 1,
        len(data),
    )
    return data + table + end


def _stream(content):
    packed = zlib.compress(content, 9)
    return b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(packed), packed)
