"""Hostile and broken input on the open form: a clear sentence, nothing saved, never an error of ours."""

from urllib.parse import quote_from_bytes

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.html import escape

from complaints.models import Case
from complaints.tests import build_public as make
from complaints.tests.build_public import COMPLAINT, send, words
from jobs.attachments import ATTACHMENT_MAX_BYTES
from jobs.models import Attachment
from tests import factories
from tests.factories import at

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files_elsewhere(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture(autouse=True)
def wednesday():
    with time_machine.travel(at(2026, 11, 4), tick=False):
        yield


@pytest.fixture
def company(db):
    return make.open_company()


BAD = {
    "nothing at all": {"text": "", "phone": ""},
    "only blanks and NUL": {"text": " \x00\x07\n "},
    "text too long": {"text": "满" * 5001},
    "text far too long": {"text": "满" * 60_000},
    "unknown kind": {"kind": "NaN"},
    "kind missing": {"kind": ""},
    "unknown way": {"told_by": "pigeon"},
    "unknown choice of name": {"who": "somebody"},
    "day NaN": {"happened_on": "NaN"},
    "day 1e309": {"happened_on": "1e309"},
    "day impossible": {"happened_on": "2026-02-30"},
    "day to come": {"happened_on": "2026-11-05"},
    "day of another age": {"happened_on": "0001-01-01"},
    "people too long": {"people_named": "王" * 121},
    "name too long": {"name": "林" * 61},
    "phone of letters": {"phone": "call me"},
    "phone endless": {"phone": "1" * 5000},
    "no e-mail": {"email": "@@"},
    "e-mail endless": {"email": "a" * 300 + "@example.com"},
    "site no number": {"site": "NaN"},
    "site endless": {"site": "9" * 5000},
    "site NUL": {"site": "\x00"},
    "robot": {"website": "https://example.com"},
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_gets_a_sentence_and_saves_nothing(client, company, name):
    response = send(client, **BAD[name])
    assert response.status_code == 422
    assert 'id="errors"' in words(response) and "my-error" in words(response)
    assert not Case.objects.exists()


def test_lone_surrogates_and_control_characters_are_taken_out(client, company):
    key = make.key_of(client.get("/feedback/"))
    body = {**COMPLAINT, "key": key, "text": "等了\x00很久\ud800👍🏽", "name": "林\x07女士"}
    encoded = "&".join(f"{name}={_quoted(value)}" for name, value in body.items())
    client.post("/feedback/", encoded, content_type="application/x-www-form-urlencoded")
    case = Case.objects.get()
    assert case.text.startswith("等了很久") and "👍🏽" in case.text and case.contact_name == "林女士"


def test_duplicate_keys_take_one_value(client, company):
    key = make.key_of(client.get("/feedback/"))
    response = client.post("/feedback/", {**COMPLAINT, "key": key, "kind": ["praise", "complaint"]})
    assert response.status_code == 303
    assert Case.objects.count() == 1


def test_a_project_of_another_company_is_not_among_those_shown(client, company):
    other = factories.make_company("other", "别的公司")
    foreign = factories.make_site(other, "far", "远处")
    response = send(client, site=foreign.pk)
    assert response.status_code == 422 and "请从列出的项目中选一个" in words(response)
    assert not Case.objects.exists()


def test_a_text_of_ten_megabytes_is_refused_with_a_sentence(client, company):
    response = send(client, text="满" * 3_500_000)
    assert response.status_code == 413 and "一次提交的内容太多" in words(response)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\xff" * 2_500_000, "application/x-www-form-urlencoded"),
        (b"x", "multipart/form-data; boundary=y"),
        (b"x", "multipart/form-data"),
        (b"{}", "application/json"),
        (b"a=1&" * 2000, "application/x-www-form-urlencoded"),
    ],
)
def test_broken_bodies_are_no_errors_of_ours(client, company, body, kind):
    assert client.post("/feedback/", body, content_type=kind).status_code in {413, 422}
    assert not Case.objects.exists()


def test_more_bytes_than_any_form_needs_are_not_even_read(client, company):
    response = client.post("/feedback/", b"x", content_type="text/plain", CONTENT_LENGTH=str(10**9))
    assert response.status_code == 413


FILES = {
    "a program": ("a.jpg", b"MZ\x90\x00" * 20),
    "a page": ("a.png", b"<html><script>alert(1)</script></html>"),
    "a drawing with script": ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
    "a zip named jpg": ("a.jpg", b"PK\x03\x04" + b"\x00" * 100),
    "half a photo": ("a.png", make.png()[:20]),
    "nothing": ("a.png", b""),
}


@pytest.mark.parametrize("name", FILES)
def test_wrong_files_are_named_and_nothing_is_saved(client, company, name):
    file = SimpleUploadedFile(*FILES[name], content_type="image/jpeg")
    response = send(client, files=[make.photo("好.png"), file])
    assert response.status_code == 422, name
    assert 'href="#id_files"' in words(response)
    assert not Case.objects.exists() and not Attachment.objects.exists()


def test_too_many_files_are_counted_before_they_are_read(client, company):
    response = send(client, files=[make.photo(f"{n}.png") for n in range(7)])
    assert response.status_code == 422 and "6" in words(response)
    assert not Attachment.objects.exists()


def test_a_file_that_is_too_large_is_named(client, company):
    file = SimpleUploadedFile("录音.mp3", b"\xff" * (ATTACHMENT_MAX_BYTES + 1))
    response = send(client, files=[file])
    assert response.status_code == 422 and "录音.mp3" in words(response)


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_answered(client, company, method):
    assert getattr(client, method)("/feedback/").status_code == 405


def _quoted(value):
    return quote_from_bytes(value.encode("utf-8", "surrogatepass"))


XSS = [
    "</textarea><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "{{ 7*7 }}{% debug %}",
    "<svg/onload=alert(1)>",
    "' autofocus onfocus=alert(1) x='",
]


@pytest.mark.parametrize("payload", XSS)
def test_words_are_shown_as_words(client, company, payload):
    given = {"text": payload, "name": payload, "people_named": payload}
    wrong = send(client, **given, phone=payload, files=[make.photo(f"{payload}.png")])
    send(client, **given, files=[make.photo(f"{payload}.png")])
    pages = [wrong, client.get("/feedback/receipt/"), client.get("/track/case/")]
    for page in pages:
        found = words(page)
        assert "<script>alert" not in found and "<img src=x" not in found and "<svg/onload" not in found
        assert '"><img' not in found and "' autofocus" not in found.replace("&#x27; autofocus", "")
    assert escape(payload) in words(pages[2])
