"""A company that takes feedback, and what a customer posts."""

import io
import struct
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile

from complaints.tracking_code import code_of
from jobs import attachments
from tests import factories
from tests.factories import at
from tests.replay import set_up

#: what the form of somebody who leaves a mobile number posts
COMPLAINT = {
    "kind": "complaint",
    "text": "11 月 2 日下午去退认购金，等了一个半小时。",
    "who": "named",
    "name": "林女士",
    "phone": "138 0000 0001",
    "email": "",
    "told_by": "sms",
    "website": "",
}
WORDS_OF_KEY = 'name="key" value="'


def open_company(code="qinghe", name="青禾房产销售"):
    """A company whose policy in force takes complaints, with a project."""
    company = set_up("realestate_rewards", unit=code, name=name, by=None, at=at(2026, 1, 1)).version.company
    factories.make_site(company, "yunqi", "云栖里")
    return company


def make_consultant(company, name="王丽"):
    return factories.make_employee(company.departments.get(code="sales-1"), name)


def key_of(page):
    """The signed value in a form that was shown."""
    return page.content.decode().split(WORDS_OF_KEY)[1].split('"')[0]


def send(client, address="/feedback/", *, key=None, follow=True, **changed):
    """Open the form and send it."""
    key = key or key_of(client.get(address))
    return client.post(address, {**COMPLAINT, **changed, "key": key}, follow=follow)


def enter(client, case):
    """Number and code, as the customer types them."""
    return client.post("/track/", {"number": case.number, "code": code_of(case)}, follow=True)


def words(response):
    return response.content.decode()


def keeper(company, *verbs):
    return factories.user_with(company, "complaints.manage", *verbs)


def photo(name="取号单.png", colour=b"\x00\x00\x00"):
    return SimpleUploadedFile(name, png(colour), content_type="image/png")


def png(colour=b"\x00\x00\x00"):
    """The smallest whole PNG."""
    body = io.BytesIO(b"\x89PNG\r\n\x1a\n")
    body.seek(0, 2)
    for kind, data in (
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"\x00" + colour)),
        (b"IEND", b""),
    ):
        body.write(struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)))
    return body.getvalue()


def keep(company, name="录像截图.png"):
    """A kept attachment of a colleague."""
    return attachments.keep(company=company, content=png(), name=name, by=None, at=at())
