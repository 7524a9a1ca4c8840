"""What a file tells of whoever made it, taken out: place, camera, author, comments. Pure: bytes in, bytes out.

Pictures and recordings are not encoded anew: what is seen and heard stays bit for bit. How a photo is turned is kept,
else it would lie on its side. A PDF is left as it is.
"""

import struct

from jobs import filetypes

#: segments of a JPEG that belong to the picture: JFIF, colour profile, Adobe's colour transform
ICC, ADOBE = b"ICC_PROFILE\0", b"Adobe"
ORIENTATION = 0x0112
PNG_KEPT = {b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"pHYs", b"acTL", b"fcTL", b"fdAT"}
WEBP_DROPPED = {b"EXIF", b"XMP "}
WAV_KEPT = {b"fmt ", b"data", b"fact"}
#: boxes that hold others, and boxes that hold what is told of the maker
HOLDERS, TELLING = {b"moov", b"trak", b"mdia", b"moof"}, {b"udta", b"meta", b"uuid"}


class Unclean(Exception):
    """It is so built that what it tells cannot be found in it."""


def without_traces(content):
    """The same file without them. Unclean when it cannot be done; what is no known file comes back as it is."""
    try:
        kind = filetypes.recognise(content)
        cleaner = CLEANERS.get(kind.content_type) if kind else None
        if cleaner is None:
            return content
        cleaned = cleaner(content)
        if filetypes.recognise(cleaned) is not kind:
            raise Unclean
    except (filetypes.Broken, struct.error, LookupError, ValueError, StopIteration) as strange:
        raise Unclean from strange
    return cleaned


# pictures ------------------------------------------------------------------------------------------------------


def clean_jpeg(content):
    """Up to the end of the picture: phones append a film, a second picture, the place after it."""
    kept, place, turned = [b"\xff\xd8"], 2, 1
    while True:
        marker, length = content[place + 1], 2
        if content[place] != 0xFF:
            raise Unclean
        if marker == 0xFF:
            place += 1
            continue
        if marker == 0xD9:
            break
        (length,) = struct.unpack_from(">H", content, place + 2)
        segment = content[place : place + 2 + length]
        if marker == 0xE1 and segment[4:10] == b"Exif\0\0":
            turned = _orientation(segment[10:]) or turned
        if _is_of_the_picture(marker, segment[4:]):
            kept.append(segment)
        place += 2 + length
        if marker == 0xDA:
            end = _end_of_scan(content, place)
            kept.append(content[place:end])
            place = end
    if turned != 1:
        kept.insert(1, _turned(turned))
    return b"".join([*kept, b"\xff\xd9"])


def _is_of_the_picture(marker, data):
    if marker == 0xFE or 0xE1 <= marker <= 0xEF:
        return marker == 0xE2 and data.startswith(ICC) or marker == 0xEE and data.startswith(ADOBE)
    return True


def _end_of_scan(content, place):
    """Where the next segment begins; FF 00 is a byte of the picture and FF D0 to D7 are marks within it."""
    while True:
        place = content.index(b"\xff", place)
        if content[place + 1] != 0 and not 0xD0 <= content[place + 1] <= 0xD7:
            return place
        place += 2


def _orientation(tiff):
    """1 to 8, or 0 when it is not said."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 0
    (start,) = struct.unpack_from(order + "I", tiff, 4)
    (count,) = struct.unpack_from(order + "H", tiff, start)
    for number in range(min(count, 200)):
        tag, _kind, _many, value = struct.unpack_from(order + "HHIH", tiff, start + 2 + 12 * number)
        if tag == ORIENTATION:
            return value if 1 <= value <= 8 else 0
    return 0


def _turned(value):
    """An Exif segment that says nothing but how the photo is turned."""
    entry = struct.pack(">HHIHH", ORIENTATION, 3, 1, value, 0)
    data = b"Exif\0\0MM\0\x2a" + struct.pack(">IH", 8, 1) + entry + b"\0\0\0\0"
    return b"\xff\xe1" + struct.pack(">H", len(data) + 2) + data


def clean_png(content):
    kept, place = [content[:8]], 8
    while True:
        length, name = struct.unpack_from(">I4s", content, place)
        if name[:1].isupper() or name in PNG_KEPT:
            kept.append(content[place : place + 12 + length])
        place += 12 + length
        if name == b"IEND":
            return b"".join(kept)


def clean_gif(content):
    place = 13 + _colours(content[10])
    kept = [content[:place]]
    while content[place] != 0x3B:
        end = place + (2 if content[place] == 0x21 else 11 + _colours(content[place + 9]))
        while content[end]:
            end += 1 + content[end]
        end += 1
        if (
            content[place] == 0x2C
            or content[place + 1] == 0xF9
            or b"NETSCAPE2.0" in content[place : place + 16]
        ):
            kept.append(content[place:end])
        place = end
    return b"".join([*kept, b"\x3b"])


def _colours(flags):
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def clean_webp(content):
    kept = []
    for name, data in _riff_chunks(content):
        if name == b"VP8X":  # without the marks that say Exif and XMP follow
            data = bytes([data[0] & ~0x0C]) + data[1:]
        if name not in WEBP_DROPPED:
            kept.append(_chunk(name, data))
    return _riff(b"WEBP", kept)


# recordings ----------------------------------------------------------------------------------------------------


def clean_wav(content):
    return _riff(b"WAVE", [_chunk(name, data) for name, data in _riff_chunks(content) if name in WAV_KEPT])


def clean_mp3(content):
    if content.startswith(b"ID3"):
        size = content[6:10]
        content = content[10 + (size[0] << 21 | size[1] << 14 | size[2] << 7 | size[3]) :]
        first = next(at for at in range(len(content)) if filetypes.two_frames(content, at))
        content = content[first:]
    return content[:-128] if content[-128:-125] == b"TAG" else content


def clean_media(content):
    """In place, since the index of a film counts bytes: such boxes become free space full of zeros."""
    made = bytearray(content)
    _empty_boxes(made, 0, len(made))
    return bytes(made)


def _empty_boxes(made, place, end):
    for start, head, stop, name in _boxes(made, place, end):
        if name in TELLING:
            made[start + 4 : start + 8] = b"free"
            made[start + head : stop] = bytes(stop - start - head)
        elif name in HOLDERS:
            _empty_boxes(made, start + head, stop)


def _boxes(content, place, end):
    """(start, length of its head, end, name) of each box in between."""
    while place + 8 <= end:
        (size, name), head = struct.unpack_from(">I4s", content, place), 8
        if size == 1:
            (size,), head = struct.unpack_from(">Q", content, place + 8), 16
        size = size or end - place
        if size < head or place + size > end:
            raise Unclean
        yield place, head, place + size, name
        place += size


# photos of iPhones: a HEIC keeps Exif and XMP as items of their own ----------------------------------------------


def clean_heic(content):
    """In place: the bytes of those items become zeros. How the photo is turned stands elsewhere in it."""
    made = bytearray(content)
    for start, head, stop, name in _boxes(content, 0, len(content)):
        if name == b"meta":
            inside = {
                one: (at + length, to) for at, length, to, one in _boxes(content, start + head + 4, stop)
            }
            telling = _telling_items(content, *inside[b"iinf"]) if b"iinf" in inside else set()
            for begin, size in _places(content, *inside[b"iloc"], telling) if telling else ():
                made[begin : begin + size] = bytes(size)
        elif name in TELLING:
            made[start + head : stop] = bytes(stop - start - head)
    return bytes(made)


def _telling_items(content, place, end):
    """Ids of the items that are Exif, or XMP (kept as `mime`)."""
    place += 4 + (2 if content[place] == 0 else 4)
    found = set()
    for start, head, _stop, name in _boxes(content, place, end):
        version = content[start + head]
        if name != b"infe" or version < 2:
            continue
        wide = ">I" if version == 3 else ">H"
        (item,) = struct.unpack_from(wide, content, start + head + 4)
        kind = start + head + 4 + struct.calcsize(wide) + 2
        if content[kind : kind + 4] in (b"Exif", b"mime"):
            found.add(item)
    return found


def _places(content, place, end, wanted):
    """[(offset, length)] in the file of the items that are wanted; Unclean when one of them is not found."""
    version, sizes = content[place], content[place + 4 : place + 6]
    offset_size, length_size, base_size = sizes[0] >> 4, sizes[0] & 15, sizes[1] >> 4
    index_size = sizes[1] & 15 if version in (1, 2) else 0
    reader, found, missing = _Reader(content, place + 6), [], set(wanted)
    for _number in range(reader.number(4 if version == 2 else 2)):
        item = reader.number(4 if version == 2 else 2)
        method = reader.number(2) & 15 if version in (1, 2) else 0
        reader.number(2)
        base = reader.number(base_size)
        for _extent in range(reader.number(2)):
            reader.number(index_size)
            offset, length = reader.number(offset_size), reader.number(length_size)
            if item in wanted and not method:  # otherwise not in the file itself but in a box of it
                found.append((base + offset, length))
                missing.discard(item)
    if missing or any(begin + size > len(content) for begin, size in found):
        raise Unclean
    return found


class _Reader:
    """Whole numbers one after the other."""

    def __init__(self, content, place):
        self.content, self.place = content, place

    def number(self, size):
        data = self.content[self.place : self.place + size]
        if len(data) < size:
            raise Unclean
        self.place += size
        return int.from_bytes(data, "big")


# RIFF ----------------------------------------------------------------------------------------------------------


def _riff_chunks(content):
    place = 12
    while place + 8 <= len(content):
        name, length = struct.unpack_from("<4sI", content, place)
        yield name, content[place + 8 : place + 8 + length]
        place += 8 + length + (length & 1)


def _chunk(name, data):
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) & 1)


def _riff(form, chunks):
    body = form + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


CLEANERS = {
    "image/jpeg": clean_jpeg,
    "image/png": clean_png,
    "image/gif": clean_gif,
    "image/webp": clean_webp,
    "image/heic": clean_heic,
    "audio/wav": clean_wav,
    "audio/mpeg": clean_mp3,
    "audio/mp4": clean_media,
    "video/mp4": clean_media,
    "video/quicktime": clean_media,
}
