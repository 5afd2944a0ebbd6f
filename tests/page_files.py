"""Files with pages, whose corners show how each was drawn."""

import io

from PIL import Image

from tests.conversion.raw_pdfs import A4, RawPage, raw_pdf

ORIENTATION = 0x0112  # of EXIF
SIDEWAYS = 6  # the first row of the file is the right side of what was photographed
SHADES = (0, 90, 180)  # of the patches of the first frames


def pdf(*pages):
    return raw_pdf(pages or [page()])


def page(box=A4, *, rotation=0):
    """A page with a black square in its lower left corner, before it is turned."""
    return RawPage(b"0 0 200 200 re f", f"{box}/Rotate {rotation}")


def photo(kind="JPEG", *, size=(400, 200), orientation=1, mode="RGB"):
    """A white picture with a black square in its upper left corner, before it is turned."""
    buffer = io.BytesIO()
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    _with_square(size, mode, 0).save(buffer, kind, exif=exif)
    return buffer.getvalue()


def tiff(*sizes):
    """Frames of these sizes, the square of each in a shade of its own."""
    frames = [_with_square(size, "L", shade) for size, shade in zip(sizes, SHADES, strict=False)]
    buffer = io.BytesIO()
    frames[0].save(buffer, "TIFF", save_all=True, append_images=frames[1:])
    return buffer.getvalue()


def corners(picture):
    """The shades near the corners of a picture: upper left and right, lower left and right."""
    gray = picture.convert("L")
    right, lower = gray.width - 5, gray.height - 5
    return [round(gray.getpixel(at), -1) for at in ((4, 4), (right, 4), (4, lower), (right, lower))]


def _with_square(size, mode, shade):
    picture = Image.new("L", size, 255)
    picture.paste(shade, (0, 0, 60, 60))
    return picture.convert(mode)
