"""Files are kept by content, known by content, and a crash leaves nothing but a file to sweep."""

import hashlib
import io
import os
import struct
import threading
import zipfile
import zlib
from datetime import timedelta

import pytest
from PIL import Image

from portal import audit, files, store, values
from portal.errors import Invalid, NotFound

BY = values.system("test")
HOUR = timedelta(hours=1)


@pytest.fixture
def folder(tmp_path):
    files.open(tmp_path / "files")
    return tmp_path / "files"


def picture(kind="JPEG", size=(64, 48), mode="RGB", **options):
    target = io.BytesIO()
    Image.new(mode, size, 120).save(target, kind, **options)
    return target.getvalue()


def blobs(folder):
    return sorted(p.name for p in folder.glob("??/??/*"))


def aged(folder):
    """The folder as it looks two days later."""
    for path in folder.rglob("*"):
        if path.is_file():
            os.utime(path, (path.stat().st_atime - 2 * 86400, path.stat().st_mtime - 2 * 86400))


def kept(data, **options):
    received = files.receive(data, **options)
    with audit.change(BY, "file.kept") as change:
        file = files.keep(received)
        change.subject = file.ref
        change.happened()
    return file


def refusal(data, **options):
    with pytest.raises(Invalid) as refused:
        files.receive(data, **options)
    ((field, (message, _)),) = refused.value.problems.items()
    return f"{field}: {message}"


# What it is


def chunk(kind, data=b""):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_header(width, height, *more):
    ihdr = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + ihdr + b"".join(more)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (picture("JPEG"), "image/jpeg"),
        (picture("PNG"), "image/png"),
        (picture("WEBP"), "image/webp"),
        (picture("GIF", mode="L"), "image/gif"),
        (b"%PDF-1.7\n...", "application/pdf"),
        (b"Two things need you today.", "text/plain"),
        ("ใบแจ้งหนี้ เลยกำหนด".encode(), "text/plain"),
        (b"code,name\nA1,Rice\nA2,Oil\n", "text/csv"),
        (b"\xef\xbb\xbfcode;name\r\nA1;Rice\r\n", "text/csv"),
        (b"Hello, Jun\nno more commas here\n", "text/plain"),
        (b"caf\xe9", None),
        (b"text with a \x00 in it", None),
        (b"MZ\x90\x00", None),
        (b"\x7fELF\x02\x01", None),
        (b"PK\x03\x04rest", None),
        (b"BM" + bytes(60), None),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", None),
        (b"  \n<!DOCTYPE html><script>alert(1)</script>", None),
        (b"\xef\xbb\xbf<?xml version='1.0'?>", None),
        (b"%!PS-Adobe-3.0", None),
        (b"#!/bin/sh\n", None),
        (b"{\\rtf1 }", None),
    ],
)
def test_content_says_what_a_file_is(data, kind):
    assert files.kind_of(data) == kind


def test_what_is_kept_for_pictures_only_refuses_papers(folder):
    assert refusal(b"%PDF-1.7", only=files.PICTURES) == "file: file-kind-refused"
    assert blobs(folder) == []


def test_an_empty_file_is_refused_at_its_field(folder):
    assert refusal(b"", field="receipt") == "receipt: file-empty"
    assert refusal(io.BytesIO()) == "file: file-empty"


def test_a_file_over_the_limit_is_refused_and_not_read_further(folder):
    stream = io.BytesIO(b"a" * 5000)
    assert refusal(stream, most=1000) == "file: file-too-large"
    assert stream.tell() == 1001


# Pictures


def test_a_picture_is_kept_upright_small_and_with_a_thumbnail(folder, database):
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera lay on its side
    file = kept(picture("JPEG", (2000, 1000), exif=exif))
    assert (file.type, file.width, file.height) == ("image/jpeg", 800, 1600)
    with files.open_bytes(file) as content, Image.open(content) as shown:
        assert shown.size == (800, 1600)
    with files.open_bytes(file, thumbnail=True) as content, Image.open(content) as small:
        assert (small.format, small.size) == ("WEBP", (160, 320))


@pytest.mark.parametrize(
    ("kind", "mode", "written"),
    [
        ("JPEG", "L", "JPEG"), ("JPEG", "CMYK", "JPEG"), ("PNG", "P", "PNG"), ("PNG", "1", "PNG"),
        ("PNG", "I;16", "PNG"), ("PNG", "LA", "PNG"), ("PNG", "RGBA", "PNG"), ("GIF", "P", "PNG"),
        ("WEBP", "RGBA", "WEBP"),
    ],
)  # fmt: skip
def test_every_way_of_storing_colours_is_understood(folder, kind, mode, written):
    target = io.BytesIO()
    Image.new(mode, (40, 30)).save(target, kind)
    received = files.receive(target.getvalue())
    with Image.open(files.path(received.sha256)) as shown:
        assert (shown.format, shown.size) == (written, (40, 30))


def test_sixteen_bit_grey_keeps_its_light(folder):
    target = io.BytesIO()
    Image.new("I;16", (4, 4), 32768).save(target, "PNG")
    with Image.open(files.path(files.receive(target.getvalue()).sha256)) as shown:
        assert shown.getpixel((0, 0)) == 128


def test_a_moving_picture_keeps_its_first_frame(folder):
    target = io.BytesIO()
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    frames[0].save(target, "GIF", save_all=True, append_images=frames[1:])
    received = files.receive(target.getvalue())
    with Image.open(files.path(received.sha256)) as shown:
        assert shown.convert("RGB").getpixel((0, 0)) == (255, 0, 0)
        assert getattr(shown, "n_frames", 1) == 1


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_nothing_rides_along_in_a_picture(folder, kind):
    secret = b"<script>taken at 14.5995N</script>"
    exif = Image.Exif()
    exif[0x010E] = secret.decode()
    options = {"JPEG": {"comment": secret, "exif": exif, "icc_profile": secret}, "GIF": {"comment": secret}}
    options |= {"PNG": {"exif": exif, "icc_profile": secret}, "WEBP": {"exif": exif, "xmp": secret}}
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("page.html", secret)
    data = picture(kind, mode="L" if kind == "GIF" else "RGB", **options[kind]) + archive.getvalue()
    assert secret in data or kind == "PNG"
    received = files.receive(data)
    for sha256 in (received.sha256, received.thumbnail):
        written = files.path(sha256).read_bytes()
        assert secret not in written
        assert b"PK\x03\x04" not in written
        assert b"ICC" not in written


@pytest.mark.filterwarnings("error::PIL.Image.DecompressionBombWarning")  # as portal.files sets it; pytest resets it
def test_a_bomb_is_refused_by_its_header(folder):
    bomb = png_header(30_000, 30_000, chunk(b"IDAT", zlib.compress(bytes(1000))), chunk(b"IEND"))
    assert refusal(bomb) == "file: image-too-large"
    assert (
        refusal(png_header(6400, 6400, chunk(b"IDAT", zlib.compress(b"")), chunk(b"IEND"))) == "file: image-too-large"
    )
    webp = b"VP8X" + struct.pack("<I", 10) + b"\x00" * 4 + b"\xfe\x3f\x00" * 2
    assert refusal(b"RIFF" + struct.pack("<I", len(webp) + 4) + b"WEBP" + webp).startswith("file: image-")
    assert blobs(folder) == []


def test_a_compressed_comment_does_not_unpack_without_end(folder):
    text = chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(bytes(200_000_000), 9))
    assert (
        refusal(png_header(4, 4, text, chunk(b"IDAT", zlib.compress(bytes(52))), chunk(b"IEND")))
        == "file: image-broken"
    )


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_broken_picture_is_refused(folder, kind):
    whole = picture(kind, (300, 300), mode="L" if kind == "GIF" else "RGB")
    for cut in (16, len(whole) // 2):
        assert refusal(whole[:cut]) in ("file: image-broken", "file: file-kind-refused")
    assert blobs(folder) == []


def test_a_picture_is_decoded_as_what_it_is_and_as_nothing_else(folder):
    with_jpeg_head = b"\xff\xd8\xff" + picture("PNG")
    assert refusal(with_jpeg_head) == "file: image-broken"


# On disk


def test_content_stands_under_its_hash(folder, database):
    data = b"%PDF-1.7 a quote"
    file = kept(data)
    digest = hashlib.sha256(data).hexdigest()
    assert file.sha256 == digest
    assert (folder / digest[:2] / digest[2:4] / digest).read_bytes() == data
    with files.open_bytes(file) as content:
        assert content.read() == data


def test_the_same_content_is_one_row_and_one_file(folder, database):
    assert kept(b"%PDF-1.7 twice").id == kept(b"%PDF-1.7 twice").id
    assert files.File.select().count() == 1
    assert len(blobs(folder)) == 1


def test_a_row_is_made_in_the_callers_change_only(folder, database):
    received = files.receive(b"%PDF-1.7")
    with pytest.raises(store.WriteOutsideDoor):
        files.keep(received)


def test_a_crash_before_the_row_leaves_a_file_that_is_swept_after_a_day(folder, database):
    received = files.receive(picture())
    with pytest.raises(RuntimeError), audit.change(BY, "file.kept"):
        files.keep(received)
        raise RuntimeError("the power went")
    assert files.File.select().count() == 0
    assert len(blobs(folder)) == 2
    assert files.sweep() == 0
    aged(folder)
    assert files.sweep() == 2
    assert blobs(folder) == []


def test_a_crash_while_writing_leaves_a_part_that_is_swept(folder, database):
    (folder / "incoming" / "half.part").write_bytes(b"half")
    aged(folder)
    assert files.sweep() == 1
    assert list((folder / "incoming").iterdir()) == []


def test_what_has_a_row_is_never_swept_nor_is_its_thumbnail(folder, database):
    file = kept(picture())
    aged(folder)
    assert files.sweep() == 0
    assert files.sweep(older_than=-HOUR) == 0
    assert blobs(folder) == sorted({file.sha256, file.thumbnail})


def test_content_that_comes_again_is_safe_from_the_sweeper(folder, database):
    files.receive(b"%PDF-1.7 once more")
    aged(folder)
    files.receive(b"%PDF-1.7 once more")
    assert files.sweep() == 0


def test_a_full_disk_leaves_no_part_behind(folder, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        files.receive(b"%PDF-1.7")
    assert list((folder / "incoming").iterdir()) == []
    assert blobs(folder) == []


def test_two_people_may_bring_the_same_file_at_once(folder, database):
    received = [files.receive(b"%PDF-1.7 at once") for _ in range(2)]
    found, barrier = [], threading.Barrier(2)

    def bring(one):
        barrier.wait()
        with store.connection(), audit.change(BY, "file.kept") as change:
            found.append(files.keep(one).id)
            change.happened()

    threads = [threading.Thread(target=bring, args=(one,)) for one in received]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2
    assert len(set(found)) == 1


def test_lost_and_altered_content_is_found(folder, database):
    lost, altered = kept(b"%PDF-1.7 lost"), kept(b"%PDF-1.7 altered")
    assert list(files.faults()) == []
    files.path(lost.sha256).unlink()
    files.path(altered.sha256).write_bytes(b"something else")
    assert [fault.split(" ")[1].rstrip(":") + " " + fault.split(" ")[-1] for fault in files.faults()] == [
        f"{lost.id} missing",
        f"{altered.id} altered",
    ]
    with pytest.raises(NotFound):
        files.open_bytes(lost)


def test_no_name_reaches_a_path(folder):
    for name in ("../../etc/passwd", "", "0" * 63, "Z" * 64, "a/" * 32):
        with pytest.raises(NotFound):
            files.path(name)


def test_a_file_without_thumbnail_says_so(folder, database):
    with pytest.raises(NotFound):
        files.open_bytes(kept(b"%PDF-1.7"), thumbnail=True)


# Names


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Rhea\\quote.pdf", "quote.pdf"),
        ("invoice\x00.pdf\r\nX-Evil: 1", "invoice.pdfX-Evil_ 1"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("ใบเสนอราคา.pdf", "ใบเสนอราคา.pdf"),
        ("  spaced \t name .pdf ", "spaced name .pdf"),
        ("...", "file"),
        ("", "file"),
        (None, "file"),
        ("/", "file"),
        ('a<b>:"c|d?*.txt', "a_b___c_d__.txt"),
        ("broken\ud800.pdf", "broken.pdf"),
        (".htaccess", "htaccess"),
    ],
)
def test_names_are_cleaned(name, cleaned):
    assert files.clean_name(name) == cleaned


def test_a_long_name_keeps_its_ending():
    assert files.clean_name("a" * 500 + ".pdf") == "a" * 196 + ".pdf"
    assert files.clean_name("a" * 500) == "a" * 200
    assert len(files.clean_name("a." + "b" * 500)) == 200


def test_a_download_is_named_for_every_browser():
    assert files.disposition("ใบ é.pdf", "application/pdf") == (
        "attachment; filename=\"e.pdf\"; filename*=UTF-8''%E0%B9%83%E0%B8%9A%20%C3%A9.pdf"
    )
    assert files.disposition("ใบ.pdf", "application/pdf").startswith('attachment; filename="file.pdf";')


def test_a_download_ends_as_its_content_says():
    assert 'filename="page.html.txt"' in files.disposition("page.html", "text/plain")
    assert 'filename="tool.exe.jpg"' in files.disposition("tool.exe", "image/jpeg")
    assert 'filename="Photo.JPEG"' in files.disposition("Photo.JPEG", "image/jpeg")


def test_a_name_cannot_break_out_of_its_header():
    header = files.disposition('a";\r\nSet-Cookie: x="%41\\.pdf', "application/pdf")
    assert "\r" not in header
    assert "\n" not in header
    assert header.count('"') == 2
    assert header.isascii()
