"""What a file is, told by its bytes and never by its name. Pure: bytes in, a FileType out; nothing is decoded.

The headers are read as the formats write them: JPEG (ITU T.81 annex B), PNG (W3C), GIF89a, WebP and WAV (RIFF),
HEIC and MP4 (ISO 14496-12 boxes), MP3 (ISO 11172-3 frames, ID3v2), AMR (RFC 4867), PDF (ISO 32000).
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass

#: a picture wider or higher than this, or with more pixels, is made to burn memory, not to be looked at
MOST_SIDE = 30_000
MOST_PIXELS = 210_000_000


class Broken(Exception):
    """It begins like a file of its kind but ends early or contradicts itself."""


@dataclass(frozen=True)
class FileType:
    """`check(content)` raises Broken, or returns (width, height) for a picture and None for the rest."""

    content_type: str
    extensions: tuple
    check: Callable
    is_shown: bool = False  # browsers show or play it without a plugin


def recognise(content):
    """The FileType of these bytes, or None; Broken when it is damaged or its picture has an insane size."""
    found = next((kind for starts, kind in SIGNATURES if starts(content)), None)
    if found is None:
        return None
    try:
        size = found.check(content)
    except (struct.error, IndexError) as cut:
        raise Broken from cut
    if size is not None and not is_sane(*size):
        raise Broken
    return found


def is_sane(width, height):
    return 0 < width <= MOST_SIDE and 0 < height <= MOST_SIDE and width * height <= MOST_PIXELS


def check_jpeg(content):
    """Size from the frame header; whole when an end marker follows the scan (phones append data after it)."""
    place, size = 2, None
    while True:
        if content[place] != 0xFF:
            raise Broken
        marker = content[place + 1]
        if marker == 0xFF:  # fill byte
            place += 1
            continue
        (length,) = struct.unpack_from(">H", content, place + 2)
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack_from(">HH", content, place + 5)
            size = width, height
        if marker == 0xDA:
            if size is None or content.find(b"\xff\xd9", place) < 0:
                raise Broken
            return size
        if length < 2:
            raise Broken
        place += 2 + length


def check_png(content):
    if content[12:16] != b"IHDR":
        raise Broken
    size = struct.unpack_from(">II", content, 16)
    place = 8
    while content[place + 4 : place + 8] != b"IEND":
        (length,) = struct.unpack_from(">I", content, place)
        place += 12 + length
        if place + 12 > len(content):
            raise Broken
    return size


def check_gif(content):
    size = struct.unpack_from("<HH", content, 6)
    place = 13 + _colours(content[10])
    while content[place] != 0x3B:
        if content[place] == 0x21:
            place += 2
        elif content[place] == 0x2C:
            place += 11 + _colours(content[place + 9])
        else:
            raise Broken
        while content[place]:
            place += 1 + content[place]
        place += 1
    return size


def _colours(flags):
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def check_webp(content):
    (length,) = struct.unpack_from("<I", content, 4)
    if length + 8 > len(content) + 1:
        raise Broken
    form = content[12:16]
    if form == b"VP8X":
        width = int.from_bytes(content[24:27], "little")
        return 1 + width, 1 + int.from_bytes(content[27:30], "little")
    if form == b"VP8L":
        (bits,) = struct.unpack_from("<I", content, 21)
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if form == b"VP8 " and content[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", content, 26)
        return width & 0x3FFF, height & 0x3FFF
    raise Broken


def boxes(content):
    """Names of the outermost boxes of an ISO media file; Broken when the last one is cut."""
    place, names = 0, []
    while place < len(content):
        size, name = struct.unpack_from(">I4s", content, place)
        if size == 1:
            (size,) = struct.unpack_from(">Q", content, place + 8)
        elif size == 0:
            size = len(content) - place
        if size < 8 or place + size > len(content):
            raise Broken
        names.append(name)
        place += size
    return names


def check_heic(content):
    """The largest sides it holds (thumbnails have their own); none may be empty."""
    if not {b"meta", b"mdat"} <= set(boxes(content)):
        raise Broken
    sizes, place = [], content.find(b"ispe")
    while place >= 0:
        sizes.append(struct.unpack_from(">II", content, place + 8))
        place = content.find(b"ispe", place + 4)
    if not sizes or 0 in {side for size in sizes for side in size}:
        raise Broken
    return max(width for width, height in sizes), max(height for width, height in sizes)


def check_media(content):
    names = set(boxes(content))
    if b"mdat" not in names or not {b"moov", b"moof"} & names:
        raise Broken


def check_pdf(content):
    """Not opened: only that its end has arrived."""
    if b"%%EOF" not in content[-2048:]:
        raise Broken


def check_wav(content):
    """Recorders that stream leave the lengths 0 or all ones."""
    (length,) = struct.unpack_from("<I", content, 4)
    if length not in {0, 0xFFFFFFFF} and length + 8 > len(content) + 1:
        raise Broken
    if content.find(b"fmt ", 12, 4096) < 0 or b"data" not in content[12:65536]:
        raise Broken


def check_amr(content):
    if len(content) < 32:
        raise Broken


BITRATES = {
    (1, 1): (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (1, 2): (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (1, 3): (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 1): (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (2, 3): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def frame_length(content, place):
    """Bytes of the MPEG audio frame that begins here, or 0 when none does."""
    head = content[place : place + 4]
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return 0
    version, layer = head[1] >> 3 & 3, 4 - (head[1] >> 1 & 3)
    bitrate, rate = head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or layer == 4 or bitrate in {0, 15} or rate == 3:
        return 0
    bits = 1000 * BITRATES[1 if version == 3 else 2, layer][bitrate]
    padding = head[2] >> 1 & 1
    if layer == 1:
        return (12 * bits // RATES[version][rate] + padding) * 4
    return (72 if layer == 3 and version != 3 else 144) * bits // RATES[version][rate] + padding


def is_mp3(content):
    """A tag, or two frames one after the other: two bytes alone would match too much."""
    if content.startswith(b"ID3"):
        return True
    first = frame_length(content, 0)
    return bool(first and frame_length(content, first))


def check_mp3(content):
    place = 0
    if content.startswith(b"ID3"):
        size = content[6:10]
        if len(size) < 4 or any(byte & 0x80 for byte in size):
            raise Broken
        place = 10 + (size[0] << 21 | size[1] << 14 | size[2] << 7 | size[3])
    begun = next((at for at in range(place, min(place + 4096, len(content))) if two_frames(content, at)), -1)
    if begun < 0:
        raise Broken


def two_frames(content, place):
    length = frame_length(content, place)
    return bool(length and frame_length(content, place + length))


def begins(*starts):
    return lambda content: content.startswith(starts)


def riff(form):
    return lambda content: content[:4] == b"RIFF" and content[8:12] == form


def brand(*names):
    return lambda content: content[4:8] == b"ftyp" and content[8:12] in names


HEIC = brand(b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
M4A = brand(b"M4A ", b"M4B ")
MP4 = brand(b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"dash",
            b"3gp4", b"3gp5", b"3gp6", b"MSNV")  # fmt: skip

SIGNATURES = (
    (begins(b"\xff\xd8\xff"), FileType("image/jpeg", ("jpg", "jpeg"), check_jpeg, is_shown=True)),
    (begins(b"\x89PNG\r\n\x1a\n"), FileType("image/png", ("png",), check_png, is_shown=True)),
    (begins(b"GIF87a", b"GIF89a"), FileType("image/gif", ("gif",), check_gif, is_shown=True)),
    (riff(b"WEBP"), FileType("image/webp", ("webp",), check_webp, is_shown=True)),
    (HEIC, FileType("image/heic", ("heic", "heif"), check_heic)),
    (begins(b"%PDF-"), FileType("application/pdf", ("pdf",), check_pdf)),
    (M4A, FileType("audio/mp4", ("m4a",), check_media, is_shown=True)),
    (MP4, FileType("video/mp4", ("mp4", "m4v", "m4a", "3gp"), check_media, is_shown=True)),
    (brand(b"qt  "), FileType("video/quicktime", ("mov",), check_media)),
    (riff(b"WAVE"), FileType("audio/wav", ("wav",), check_wav, is_shown=True)),
    (begins(b"#!AMR\n", b"#!AMR-WB\n"), FileType("audio/amr", ("amr",), check_amr)),
    (is_mp3, FileType("audio/mpeg", ("mp3",), check_mp3, is_shown=True)),
)
TYPES = {kind.content_type: kind for starts, kind in SIGNATURES}
