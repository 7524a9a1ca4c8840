"""Small real files of each kind that may be attached, and some that only pretend."""

import struct
import zlib


def png(width=3, height=2):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress((b"\0" + b"\x80" * 3 * min(width, 9)) * min(height, 9))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def jpeg(width=3, height=2, comment=b""):
    note = b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    scan = b"\xff\xda" + struct.pack(">HB", 8, 1) + b"\x01\x00\x00\x3f\x00" + b"\x12\x34\xff\x00\x56"
    return (
        b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
        + note
        + frame
        + scan
        + b"\xff\xd9"
    )


def gif(width=1, height=1):
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    picture = b"\x2c" + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\x02\x02\x44\x01\x00"
    return head + b"\x21\xf9\x04\x00\x00\x00\x00\x00" + picture + b"\x3b"


def riff(form, body):
    return b"RIFF" + struct.pack("<I", len(body) + 4) + form + body


def webp(width=3, height=2):
    bits = struct.pack("<I", (width - 1) | (height - 1) << 14)
    data = b"\x2f" + bits + b"\0" * 9
    return riff(b"WEBP", b"VP8L" + struct.pack("<I", len(data)) + data)


def wav(seconds_of_silence=0.1):
    silence = b"\0" * int(8000 * seconds_of_silence)
    form = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8)
    return riff(b"WAVE", form + b"data" + struct.pack("<I", len(silence)) + silence)


def box(name, content=b""):
    return struct.pack(">I", len(content) + 8) + name + content


def heic(width=4032, height=3024):
    thumbnail = box(b"ispe", struct.pack(">III", 0, 320, 240))
    sizes = thumbnail + box(b"ispe", struct.pack(">III", 0, width, height))
    meta = box(b"meta", b"\0" * 4 + box(b"iprp", box(b"ipco", sizes)))
    return box(b"ftyp", b"heic\0\0\0\0mif1heic") + meta + box(b"mdat", b"\0" * 20)


def mp4(brand=b"isom"):
    return box(b"ftyp", brand + b"\0\0\2\0isomiso2") + box(b"mdat", b"\0" * 40) + box(b"moov", box(b"mvhd"))


def mp3(with_tag=False):
    frame = b"\xff\xfb\x90\x00" + b"\0" * 413  # MPEG 1 layer 3, 128 kbit/s, 44.1 kHz: 417 bytes
    tag = b"ID3\x04\x00\x00\x00\x00\x00\x0a" + b"\0" * 10
    return (tag if with_tag else b"") + frame * 3


def amr():
    return b"#!AMR\n" + (b"\x3c" + b"\0" * 31) * 4


def pdf():
    return b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


ALL = {
    "image/png": png(),
    "image/jpeg": jpeg(),
    "image/gif": gif(),
    "image/webp": webp(),
    "image/heic": heic(),
    "application/pdf": pdf(),
    "audio/wav": wav(),
    "audio/mp4": mp4(b"M4A "),
    "video/mp4": mp4(),
    "video/quicktime": mp4(b"qt  "),
    "audio/amr": amr(),
    "audio/mpeg": mp3(),
}
