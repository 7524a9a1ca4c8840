"""What a file tells of whoever made it goes; what is seen and heard stays."""

import contextlib
import struct
import zlib

import pytest

from core.flow import Refused
from jobs import attachments, filetypes
from jobs.tests import samples
from jobs.traces import Unclean, without_traces

SECRET = b"31.2304N 121.4737E iPhone of Wang Li"


def exif(orientation=6):
    """As a phone writes it: how it was turned, and in the middle where it was taken."""
    entries = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0) + struct.pack("<HHII", 0x010F, 2, 36, 38)
    return b"Exif\0\0II\x2a\0" + struct.pack("<IH", 8, 2) + entries + b"\0\0\0\0" + SECRET


def segment(marker, data):
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(data) + 2) + data


def photo(orientation=6):
    """Exif, XMP, comment, IPTC; a colour profile; two scans; and a film behind the end."""
    plain = samples.jpeg()
    told = segment(0xE1, exif(orientation)) + segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRET)
    told += segment(0xFE, SECRET) + segment(0xED, b"Photoshop 3.0\0" + SECRET)
    told += segment(0xE2, b"ICC_PROFILE\0\x01\x01profile") + segment(0xE2, b"MPF\0" + SECRET)
    second = segment(0xDA, b"\x01\x00\x00\x3f\x00\x00")[:10] + b"\x77\xff\xd3\x88\xff\x00\x99"
    return plain[:2] + told + plain[2:-2] + second + b"\xff\xd9" + samples.mp4() + SECRET


def png_chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def screenshot():
    plain = samples.png()
    told = png_chunk(b"tEXt", b"Author\0" + SECRET) + png_chunk(b"eXIf", SECRET) + png_chunk(b"iTXt", SECRET)
    return plain[:33] + told + png_chunk(b"gAMA", b"\0\0\xb1\x8f") + plain[33:] + SECRET


def sticker():
    plain = samples.gif()
    comment = b"\x21\xfe" + bytes([len(SECRET)]) + SECRET + b"\0"
    loop = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0"
    return plain[:19] + comment + loop + plain[19:]


def webp():
    size = struct.pack("<I", 0x0C)[:4] + b"\x02\0\0\x01\0\0"
    body = samples.webp()[12:]
    told = b"EXIF" + struct.pack("<I", len(SECRET)) + SECRET + b"XMP " + struct.pack("<I", 36) + SECRET
    return samples.riff(b"WEBP", b"VP8X" + struct.pack("<I", len(size)) + size + body + told)


def heic(method=None):
    """An item Exif and one of XMP, found through the lists of items; `method` says that they lie elsewhere."""
    head = samples.box(b"ftyp", b"heic\0\0\0\0mif1heic")
    items = b"".join(
        samples.box(b"infe", b"\x02\0\0\0" + struct.pack(">HH4s", number, 0, kind) + b"\0")
        for number, kind in ((1, b"hvc1"), (2, b"Exif"), (3, b"mime"))
    )
    iinf = samples.box(b"iinf", b"\0\0\0\0" + struct.pack(">H", 3) + items)
    sizes = samples.box(b"iprp", samples.box(b"ipco", samples.box(b"ispe", struct.pack(">III", 0, 40, 30))))

    def meta(offset):
        places = [(1, 0, 8), (2, 8, len(SECRET)), (3, 8 + len(SECRET), len(SECRET))]
        how, version = (b"", b"\0") if method is None else (struct.pack(">H", method), b"\x01")
        rows = b"".join(
            struct.pack(">H", item) + how + struct.pack(">HHII", 0, 1, offset + at, length)
            for item, at, length in places
        )
        iloc = samples.box(b"iloc", version + b"\0\0\0\x44\0" + struct.pack(">H", 3) + rows)
        return samples.box(b"meta", b"\0" * 4 + iinf + sizes + iloc)

    offset = len(head) + len(meta(0)) + 8
    return head + meta(offset) + samples.box(b"mdat", b"PICTURE!" + SECRET + SECRET)


def film(brand=b"qt  "):
    told = samples.box(b"udta", samples.box(b"\xa9xyz", SECRET)) + samples.box(b"meta", SECRET)
    track = samples.box(b"trak", samples.box(b"udta", SECRET) + samples.box(b"tkhd", b"PICTURE!"))
    moov = samples.box(b"moov", samples.box(b"mvhd", b"\0" * 8) + told + track)
    head = samples.box(b"ftyp", brand + b"\0\0\2\0isomiso2")
    return head + samples.box(b"mdat", b"\0" * 40) + moov + samples.box(b"uuid", b"0" * 16 + SECRET)


def song():
    tag = b"ID3\x04\0\0" + bytes([0, 0, 0, len(SECRET)]) + SECRET
    return tag + samples.mp3() + b"TAG" + SECRET.ljust(125, b"\0")


def wav():
    info = b"LIST" + struct.pack("<I", len(SECRET) + 4) + b"INFO" + SECRET
    return samples.riff(b"WAVE", samples.wav()[12:] + info)


MADE = [photo, screenshot, sticker, webp, heic, film, lambda: film(b"M4A "), lambda: film(b"isom"), song, wav]


@pytest.mark.parametrize("make", MADE)
def test_nothing_is_left_of_place_device_and_author_and_it_is_the_same_kind_of_file(make):
    content = make()
    kind = filetypes.recognise(content)
    assert SECRET in content and kind is not None
    cleaned = without_traces(content)
    assert SECRET not in cleaned and b"Wang Li" not in cleaned
    assert filetypes.recognise(cleaned) is kind
    assert without_traces(cleaned) == cleaned


@pytest.mark.parametrize("content_type", sorted(samples.ALL))
def test_a_file_that_tells_nothing_is_left_as_it_is(content_type):
    content = samples.ALL[content_type]
    assert without_traces(content) == content or content_type == "image/jpeg"


def test_what_is_seen_stays_bit_for_bit():
    cleaned = without_traces(photo())
    assert b"\x12\x34\xff\x00\x56" in cleaned and b"\x77\xff\xd3\x88\xff\x00\x99" in cleaned, "both scans"
    assert b"ICC_PROFILE" in cleaned and b"JFIF" in cleaned and cleaned.endswith(b"\xff\xd9")
    assert b"NETSCAPE2.0" in without_traces(sticker()) and b"gAMA" in without_traces(screenshot())
    assert b"PICTURE!" in without_traces(heic())
    assert len(without_traces(film())) == len(film()), "an index of a film counts bytes"


@pytest.mark.parametrize("turned", range(1, 9))
def test_a_photo_stays_turned_as_it_was(turned):
    again = without_traces(photo(turned))
    assert (b"Exif" in again) == (turned != 1)
    if turned != 1:
        place = again.index(b"Exif\0\0MM\0\x2a") + 6
        assert struct.unpack_from(">HHIHH", again, place + 10) == (0x0112, 3, 1, turned, 0)


def test_what_cannot_be_cleaned_is_said_instead_of_kept():
    """An item of a HEIC that lies where it cannot be found."""
    strange = heic(method=1)
    assert SECRET not in without_traces(heic(method=0))
    with pytest.raises(Unclean):
        without_traces(strange)
    with pytest.raises(Refused) as refusal:
        attachments.anonymous(strange)
    assert refusal.value.code == "traces"


@pytest.mark.parametrize("make", MADE)
def test_a_cut_or_garbled_file_is_cleaned_or_refused_and_nothing_else(make):
    content = make()
    for place in range(12, len(content), max(len(content) // 60, 1)):
        for strange in (content[:place], content[:place] + b"\xff\xff\xff\xff" + content[place + 4 :]):
            with contextlib.suppress(Unclean):
                without_traces(strange)
