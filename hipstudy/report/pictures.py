"""Pictures from a notebook: which kinds are printed as they are, and how large they are."""

import base64
import binascii
import io

SVG, PNG, JPEG = "image/svg+xml", "image/png", "image/jpeg"
# In the order in which they are preferred; the last ones are turned into PNG.
PRINTED = (SVG, PNG, JPEG)
TURNED = ("image/webp", "image/gif", "image/bmp", "image/tiff")
_ORIENTATION = 0x0112  # the EXIF tag; 1 is upright
_JPEG_QUALITY = 92


class UnreadablePicture(ValueError):
    """What is said to be a picture cannot be read as one."""


def decoded(source: str) -> bytes:
    """Bytes of base64 text.

    Raises
    ------
    UnreadablePicture
        When it is none.

    Examples
    --------
    >>> decoded("aGlw")
    b'hip'
    """
    try:
        return base64.b64decode("".join(source.split()), validate=True)
    except binascii.Error:
        raise UnreadablePicture("its text is cut or damaged") from None


def printable(content: bytes, mime: str) -> tuple[bytes, str]:
    """A picture as it is printed, with its kind: upright, and as SVG, PNG or JPEG.

    Raises
    ------
    UnreadablePicture
        When it cannot be read.
    """
    if mime == SVG:
        return content, mime
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(content)) as picture:
            if mime == PNG and picture.format == "PNG":
                picture.verify()
                return content, PNG
            upright = picture.getexif().get(_ORIENTATION, 1) == 1
            if mime == JPEG and upright and picture.mode in ("RGB", "L"):
                picture.load()
                return content, JPEG
            turned = ImageOps.exif_transpose(picture)
            made = io.BytesIO()
            if mime == JPEG:
                turned.convert("RGB").save(made, "JPEG", quality=_JPEG_QUALITY)
                return made.getvalue(), JPEG
            turned.convert("RGBA").save(made, "PNG")
            return made.getvalue(), PNG
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UnreadablePicture(" ".join(str(error).split())[:80]) from None


def pixels(content: bytes, mime: str) -> tuple[int, int]:
    """Width and height of a PNG or JPEG picture.

    Raises
    ------
    UnreadablePicture
        When it cannot be read.
    """
    if mime == PNG:  # by its head alone: the rest is read by whoever sets it
        wide, high = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20))
        return wide, high
    from PIL import Image

    try:
        with Image.open(io.BytesIO(content)) as picture:
            return picture.size
    except OSError as error:
        raise UnreadablePicture(str(error)) from None
