"""The program that decodes a picture and encodes it anew, with little room and time; it imports nothing of ours.

Reads standard input; writes one line of JSON, the picture and its thumbnail. Ends with 0, BROKEN or TOO_LARGE.
"""

import io
import json
import sys

MAX_PIXELS = 40_000_000  # what a good phone takes; more is refused before a pixel is decoded
LONGEST_SIDE = 1600
THUMBNAIL_SIDE = 320
ROOM_BYTES = 256 * 1024 * 1024
PROCESSOR_SECONDS = 5
BROKEN, TOO_LARGE = 3, 4
WRITTEN_AS = {"image/gif": "image/png"}  # a moving picture keeps its first frame
SAVING = {
    "image/jpeg": {"format": "JPEG", "quality": 85, "progressive": True},
    "image/png": {"format": "PNG"},
    "image/webp": {"format": "WEBP", "quality": 85},
}
SHRUNK_AS_THEY_ARE = ("L", "RGB", "CMYK", "YCbCr")


def main(kind):
    """Do it; returns the exit status."""
    limit()
    from PIL import Image  # slow import: 40 ms, wanted in this process only

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS  # Pillow itself refuses twice as many, whatever opens them
    try:
        picture, small, kind = renewed(sys.stdin.buffer.read(), kind)
    except (Image.DecompressionBombError, MemoryError):
        return TOO_LARGE
    except Exception as trouble:  # noqa: BLE001 decoders raise whatever a broken file makes them raise
        sys.stderr.write(f"{type(trouble).__name__}: {trouble}")
        return BROKEN
    content = encoded(picture, kind)
    told = {"kind": kind, "width": picture.width, "height": picture.height, "bytes": len(content)}
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + content + encoded(small, "image/webp"))
    return 0


def limit():
    """Take from this process what no picture needs: room, time, files."""
    import resource  # slow import: 0 ms, of Unix only, and wanted in this process only

    resource.setrlimit(resource.RLIMIT_DATA, (ROOM_BYTES, ROOM_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def renewed(data, kind):
    """(picture, thumbnail, kind it is written as): upright, at most 1600 px, nothing but pixels."""
    from PIL import Image, ImageOps  # slow import: 40 ms, wanted in this process only

    picture = Image.open(io.BytesIO(data), formats=[kind.rpartition("/")[2].upper()])
    if picture.width * picture.height > MAX_PIXELS:
        raise Image.DecompressionBombError
    picture.draft(None, (LONGEST_SIDE, LONGEST_SIDE))  # JPEG decodes no more than it needs
    if picture.mode in SHRUNK_AS_THEY_ARE and "transparency" not in picture.info:
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))  # first of all: two copies of 40 megapixels find no room
    picture = plain_pixels(picture)
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    ImageOps.exif_transpose(picture, in_place=True)
    picture = picture.copy()
    picture.info.clear()
    small = picture.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    kind = WRITTEN_AS.get(kind, kind)
    if kind == "image/jpeg" and picture.mode == "RGBA":
        picture = picture.convert("RGB")
    return picture, small, kind


def plain_pixels(picture):
    """The picture in one of three modes; palettes are gone."""
    if picture.mode.startswith("I;16"):
        return picture.point(lambda level: level / 256).convert("L")
    if picture.mode in ("LA", "PA", "RGBA", "RGBa", "La") or "transparency" in picture.info:
        return picture.convert("RGBA")
    if picture.mode not in ("L", "RGB"):
        return picture.convert("L" if picture.mode == "1" else "RGB")
    return picture


def encoded(picture, kind):
    target = io.BytesIO()
    picture.save(target, **SAVING[kind])
    return target.getvalue()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
