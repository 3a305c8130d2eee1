"""Files that lie about what they are, bombs, and what a photo tells beside the picture (BATTERY D1, D4, D5, D9)."""

import gzip
import io
import resource
import subprocess
import sys
import time
import zipfile
import zlib

import pytest
from PIL import Image

from portal import files, pictures
from portal.activity.attachments import Attachment
from portal.errors import Invalid
from portal.exchange.importing_files import UNREADABLE, Shape, TableFile
from tests import make
from tests.battery import samples_of_files as samples
from tests.battery.samples_of_files import chunk, picture, png

pytestmark = pytest.mark.one_database

CLAIMS = ("{0}.{1}", "{0}.JPG", "{0}.pdf", "{0}.{1}.txt", "{0}.jpg.{1}", "{0}")
SECRET = "14.5995N 120.9842E by Nena"
GPS = {1: "N", 2: (14.0, 35.0, 58.2), 3: "E", 4: (120.0, 59.0, 3.1), 29: "2026:11:23"}


@pytest.fixture
def kept(app, folder):
    """The folder of kept files, of the app too."""
    return files._folder


def blobs(kept):
    return [path for path in kept.rglob("*") if path.is_file() and path.name != "lock"]


def taken(data):
    """The kind as which some bytes were kept, or None."""
    try:
        return files.receive(data).type
    except Invalid:
        return None


@pytest.mark.row("D1")
def test_every_kind_is_judged_by_its_content_whatever_it_is_called(client, world, figures):
    client.sign_in(world.rhea)
    order, tries, wrong = make.order(world.account), 0, []
    page = f"/staff/orders/{order.number}"
    for kind, (ending, data) in samples.KINDS.items():
        before = Attachment.select().count()
        sent = [(io.BytesIO(data), claim.format(kind, ending)) for claim in CLAIMS]
        status = client.send(page, f"{page}/files", files=sent).status_code
        tries += len(CLAIMS)
        types = [a.file.type for a in Attachment.select().order_by(Attachment.id).offset(before).limit(100)]
        written = {"image/gif": "image/png"}.get(samples.KEPT.get(kind), samples.KEPT.get(kind))
        if (status, types) != ((303, [written] * len(CLAIMS)) if written else (422, [])):
            wrong.append(f"{kind}: {status} {set(types)}")
    figures(kinds=len(samples.KINDS), files_sent=tries, wrong_ones_taken=len(wrong))
    assert wrong == []
    assert len(samples.KINDS) >= 60


@pytest.mark.row("D1")
def test_what_is_two_things_at_once_is_kept_as_one_or_not_at_all(kept, figures):
    wrong, stood = [], 0
    for name, data in samples.POLYGLOTS.items():
        try:
            received = files.receive(data)
        except Invalid:
            continue
        stood += 1
        content = files.path(received.sha256).read_bytes()
        if received.type in files.PICTURES and (
            b"<" in content[-400:] and b"script" in content or b"PK" in content[-200:]
        ):
            wrong.append(f"{name}: what rode along is still there")
        if received.type not in files.PICTURES:
            wrong.append(f"{name}: kept as {received.type}")
    figures(polyglots=len(samples.POLYGLOTS), kept_as_pictures=stood, riders=len(wrong))
    assert wrong == []


def bombs():
    """{name: bytes} of what grows when somebody unpacks it."""
    big = zlib.compress(bytes(50_000_000), 9)
    inner = samples.zipped("0.bin", text=bytes(20_000_000))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(40):
            archive.writestr(f"{number}.zip", inner[:100_000])
        archive.writestr("zeros.bin", bytes(40_000_000))
    laughs = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">%s]><l>&z;</l>' % b"".join(
        b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(25)
    )
    return {
        "nested zip": packed.getvalue(),
        "zip that slips": samples.zipped("../../../../tmp/suki-slip", "/etc/cron.d/suki"),
        "docx with a bomb of words": samples.zipped("[Content_Types].xml", "word/document.xml", text=laughs),
        "xlsx with a bomb of words": samples.zipped("[Content_Types].xml", "xl/sharedStrings.xml", text=laughs),
        "tar with a link out": b"link".ljust(156, b"\0") + b"2/etc/passwd".ljust(101, b"\0") + b"ustar\x0000",
        "bare xml bomb": laughs,
        "gzip": b"\x1f\x8b\x08" + bytes(7) + big[2:-4] + bytes(8),
        "png whose comment unpacks": png(4, 4, chunk(b"zTXt", b"Comment\0\0" + big), chunk(b"IEND")),
        "png whose profile unpacks": png(4, 4, chunk(b"iCCP", b"p\0\0" + big), chunk(b"IEND")),
    }  # fmt: skip


@pytest.mark.row("D4")
def test_no_archive_is_ever_unpacked(kept, figures):
    spent, wrong = 0.0, []
    found = bombs()
    for name, data in found.items():
        began = time.process_time()
        if taken(data) not in (None, "image/png"):
            wrong.append(name)
        spent = max(spent, time.process_time() - began)
    written = sum(path.stat().st_size for path in blobs(kept))
    figures(bombs=len(found), unpacked=len(wrong), bytes_written=written, longest_cpu_seconds=spent)
    assert wrong == []
    assert written < 1_000_000
    assert spent < 1


def giants():
    """{name: bytes} of pictures that say of themselves that they are larger than any room."""
    jpeg = bytearray(picture("JPEG"))
    at = jpeg.find(b"\xff\xc0")
    jpeg[at + 5 : at + 9] = b"\xff\xdc\xff\xdc"
    gif = bytearray(picture("GIF", mode="L"))
    gif[6:10] = b"\xff\xff\xff\xff"
    webp = b"VP8X" + b"\x0a\0\0\0" + bytes(4) + b"\xff\x3f\0\xff\x3f\0"
    data = chunk(b"IDAT", zlib.compress(bytes(100_000)))
    return {
        "png of 50,000 by 50,000": png(50_000, 50_000, data, chunk(b"IEND")),
        "png of 2 to the 31": png(2**31 - 1, 2**31 - 1, data, chunk(b"IEND")),
        "jpeg of 65,500 by 65,500": bytes(jpeg),
        "gif of 65,535 by 65,535": bytes(gif),
        "webp of 16,384 by 16,384": b"RIFF" + (len(webp) + 4).to_bytes(4, "little") + b"WEBP" + webp,
        "a whole png just above 40 million dots": picture("PNG", (6_400, 6_400), mode="L"),
    }


def frames(count):
    """A GIF of so many frames of one dot."""
    head = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff"
    return head + b",\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0" * count + b";"


def memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@pytest.mark.row("D4")
def test_a_packed_table_that_grows_without_end_is_given_up(tmp_path, figures):
    path = tmp_path / "orders.csv.gz"
    row = b"RICE," + b"x" * 1_000 + b"\n"
    with gzip.open(path, "wb") as file:
        for _ in range(150):
            file.write(row * 1_000)
    read = 0
    with pytest.raises(UNREADABLE), TableFile(path, Shape()) as table:
        for _ in table.records:
            read += len(row)
    figures(megabytes_packed=path.stat().st_size / 1e6, megabytes_unpacked=read / 1e6, of_megabytes=150)
    assert read < 50_000_000


@pytest.mark.row("D5")
def test_giants_are_refused_from_the_header_and_the_shop_does_not_grow(kept, figures):
    wrong, found = [], giants()
    files.receive(picture())
    before, began = memory(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    for name, data in found.items():
        if taken(data) is not None:
            wrong.append(name)
    seconds = (resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - began) / len(found)
    assert blobs(kept) == [] or len(blobs(kept)) == 2
    moving = taken(frames(600_000))
    grown = memory() - before
    figures(giants=len(found), taken=len(wrong), frames=600_000, megabytes_grown=grown, cpu_seconds_each=seconds)
    assert wrong == []
    assert moving in (None, "image/png")
    assert grown < 20 + 2 * len(frames(600_000)) / 1_000_000
    assert seconds < 1


@pytest.mark.row("D5")
def test_what_a_phone_takes_fits_the_room_of_the_child(kept, figures):
    photo = picture("JPEG", (7_000, 5_600), quality=40)
    flat = picture("PNG", (7_000, 5_600))
    figures(megapixels=7_000 * 5_600 / 1_000_000)
    assert [files.receive(data).width for data in (photo, flat)] == [1600, 1600]


@pytest.mark.row("D5")
def test_broken_pictures_are_refused_in_words(kept, rng, sized, figures):
    whole = [picture(kind, (90, 70), mode="L" if kind == "GIF" else "RGB") for kind in ("JPEG", "PNG", "WEBP", "GIF")]
    kinds, count = {None: 0, "kept": 0}, sized(gate=48, night=4_000)
    for number in range(count):
        data = bytearray(whole[number % 4])
        for _ in range(rng.randint(1, 12)):
            data[rng.randrange(4, len(data))] = rng.randrange(256)
        data = data[: rng.randint(20, len(data))] if number % 3 else data
        kinds["kept" if taken(bytes(data)) else None] += 1
    figures(broken_pictures=count, refused=kinds[None], opened_all_the_same=kinds["kept"])
    assert kinds[None] > count / 3


@pytest.mark.row("D5")
@pytest.mark.parametrize(
    ("greed", "ends"),
    [
        pytest.param("bytearray(300 * 1024 * 1024)", "MemoryError", id="room"),
        pytest.param("open('/tmp/suki-never', 'wb').write(b'x' * 10_000_000)", "File too large", id="files"),
    ],
)
def test_the_child_gets_neither_room_nor_files(greed, ends):
    program = f"from portal import picture_work\npicture_work.limit()\n{greed}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 1
    assert ends in done.stderr


@pytest.mark.row("D5")
@pytest.mark.night
def test_a_child_without_end_is_ended():
    program = "from portal import picture_work\npicture_work.limit()\nwhile True: pass"
    assert subprocess.run([sys.executable, "-c", program]).returncode < 0


def telling(kind):
    """A picture that says where it was taken and by whom, in every way its kind has."""
    exif = Image.Exif()
    exif[0x010E] = exif[0x013B] = exif[0x8298] = SECRET
    exif.get_ifd(0x8825).update(GPS)
    xmp = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'><dc:creator>{SECRET}</dc:creator></x:xmpmeta>".encode()
    if kind == "GIF":
        return picture("GIF", mode="L", comment=SECRET.encode())
    if kind == "PNG":
        texts = [chunk(b"tEXt", b"Author\0" + SECRET.encode()), chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp)]
        data = picture("PNG", exif=exif)
        return data[:33] + b"".join(texts) + data[33:]
    if kind == "WEBP":
        return picture("WEBP", exif=exif, xmp=xmp)
    data = picture("JPEG", exif=exif, comment=SECRET.encode(), xmp=xmp)
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0" + len(SECRET).to_bytes(2, "big") + SECRET.encode()
    return data[:2] + b"\xff\xed" + (len(iptc) + 2).to_bytes(2, "big") + iptc + data[2:]


@pytest.mark.row("D9")
def test_nobody_reads_place_or_author_out_of_a_photo(client, world, figures):
    order, told, looked = make.order(world.account), [], 0
    client.sign_in(world.carol)
    for kind in ("JPEG", "PNG", "WEBP", "GIF"):
        data = telling(kind)
        assert SECRET.encode() in data
        client.send(
            f"/orders/{order.number}", f"/orders/{order.number}/files", files=[(io.BytesIO(data), f"{kind}.jpg")]
        )
    rice = make.product("RICE")
    client.sign_in(world.mona).send(
        "/staff/catalogue/RICE", "/staff/catalogue/RICE/picture", picture=(io.BytesIO(telling("JPEG")), "a.jpg")
    )
    for actor, face in ((world.rhea, "/staff"), (world.cora, "")):
        client.sign_in(actor)
        ways = [f"{face}/files/{a.id}{small}" for a in Attachment.select() for small in ("", "?size=small")]
        for way in [*ways, f"{face}/catalogue/{rice.code}/picture"]:
            answer = client.get(way)
            assert answer.status_code == 200, way
            looked += 1
            shown = Image.open(io.BytesIO(answer.data))
            if (
                SECRET.encode() in answer.data
                or shown.getexif()
                or {"exif", "xmp", "comment", "Author"} & set(shown.info)
            ):
                told.append(way)
    figures(pictures_served=looked, that_tell=len(told))
    assert told == []
    assert looked == 18


@pytest.mark.row("D5")
def test_a_hanging_child_is_given_up(monkeypatch):
    monkeypatch.setattr(pictures, "PATIENCE_SECONDS", 0.001)
    with pytest.raises(pictures.TooLarge):
        pictures.renew(picture(), "image/jpeg")
