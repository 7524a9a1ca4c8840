"""Which characters the font of the documents has: read from its own table, for a box says nothing."""

import struct
import unicodedata
from bisect import bisect_right
from functools import cache

from django.conf import settings

FONT = settings.BASE_DIR / "build" / "fonts" / "NotoSansSC_400Regular.ttf"
#: subtables of the character map that hold every plane, as (platform, encoding)
WHOLE_UNICODE = ((3, 10), (0, 4), (0, 6))


def missing_in(text):
    """Ideographs and private characters of the text that would be boxes, in order; [] without the font."""
    if not FONT.exists():
        return []
    starts, ends = _ranges()
    found = []
    for character in dict.fromkeys(text):
        place = bisect_right(starts, ord(character)) - 1
        if _is_of_names(character) and (place < 0 or ord(character) > ends[place]):
            found.append(character)
    return found


def _is_of_names(character):
    is_private = unicodedata.category(character) == "Co"  # where old systems kept rare characters
    return is_private or unicodedata.name(character, "").startswith("CJK ")


@cache
def _ranges():
    """(first codes, last codes) of the groups in the font's character map, format 12 of the OpenType specification."""
    data = FONT.read_bytes()
    table = _cmap_at(data)
    (count,) = struct.unpack_from(">H", data, table + 2)
    for place in range(count):
        platform, encoding, offset = struct.unpack_from(">HHI", data, table + 4 + 8 * place)
        if (platform, encoding) in WHOLE_UNICODE:
            (groups,) = struct.unpack_from(">I", data, table + offset + 12)
            rows = [
                struct.unpack_from(">II", data, table + offset + 16 + 12 * group) for group in range(groups)
            ]
            return [first for first, _last in rows], [last for _first, last in rows]
    raise ValueError(f"{FONT.name} has no character map of whole Unicode")


def _cmap_at(data):
    (tables,) = struct.unpack_from(">H", data, 4)
    for place in range(tables):
        tag, _sum, offset, _length = struct.unpack_from(">4sIII", data, 12 + 16 * place)
        if tag == b"cmap":
            return offset
    raise ValueError(f"{FONT.name} has no character map")
