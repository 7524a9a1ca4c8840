"""Attachments are told by their bytes, kept under random names, handed out harmless, and leave no orphans."""

import contextlib
import datetime as dt
import os
import re

import pytest
from django.db import transaction
from django.http import Http404
from hypothesis import given
from hypothesis import strategies as st

from core.flow import Refused
from jobs import attachments, filetypes
from jobs.models import Attachment
from jobs.tests import samples
from tests.factories import at

SCRIPT = b"<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.FILES_BY_PROXY = False
    return tmp_path


@pytest.fixture
def keep(company):
    def keep(content, name="photo.png"):
        return attachments.keep(company=company, content=content, name=name, by=None, at=at())

    return keep


def refused(code):
    """Expects a refusal with this code."""
    return pytest.raises(Refused, check=lambda refusal: refusal.code == code)


def stored(files):
    return sorted(path.name for path in files.rglob("*") if path.is_file())


# what it is --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content_type", sorted(samples.ALL))
def test_each_kind_is_recognised_by_its_bytes(content_type):
    assert filetypes.recognise(samples.ALL[content_type]).content_type == content_type


def test_every_kind_that_may_be_attached_has_a_sample():
    assert set(samples.ALL) == set(attachments.TYPES)


def test_an_mp3_with_a_tag_is_recognised():
    assert filetypes.recognise(samples.mp3(with_tag=True)).content_type == "audio/mpeg"


@pytest.mark.parametrize("content_type", sorted(set(samples.ALL) - {"audio/amr", "audio/mpeg"}))
def test_a_file_cut_in_the_middle_is_damaged(keep, content_type):
    whole = samples.ALL[content_type]
    for length in range(len(whole) // 3, len(whole) - 6):
        with pytest.raises(Refused):
            attachments.check(whole[:length])


@pytest.mark.parametrize("width, height", [(0, 5), (5, 0), (30_001, 1), (20_000, 20_000), (65_535, 65_535)])
@pytest.mark.parametrize("make", [samples.png, samples.jpeg, samples.gif, samples.heic])
def test_a_picture_with_an_insane_size_is_refused(make, width, height):
    with refused("broken"):
        attachments.check(make(width, height))


def test_a_large_photo_of_a_phone_is_taken():
    assert attachments.check(samples.jpeg(16_320, 12_240))


@pytest.mark.parametrize(
    "content",
    [
        SCRIPT,
        b"<!DOCTYPE html><html></html>",
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
        b"\xef\xbb\xbf%PDF-1.4 %%EOF",
        b"PK\x03\x04 a workbook",
        b"MZ a program",
        b"#!/bin/sh\necho",
        b"BM a bitmap",
        b"II*\0 a tiff",
        b"\xff\xfb once only",
        b"just words",
        b"\0",
    ],
)
def test_pages_scripts_programs_and_archives_are_refused_whatever_their_name(keep, files, content):
    with refused("type"):
        keep(content, name="photo.jpg")
    assert not stored(files) and not Attachment.objects.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"GIF89a/*" + SCRIPT + b"*/=1;",
        b"\xff\xd8\xff" + SCRIPT,
        b"\x89PNG\r\n\x1a\n" + SCRIPT * 3,
        b"RIFF\x10\x00\x00\x00WEBP" + SCRIPT,
        b"%PDF-1.7" + SCRIPT,
        b"\0\0\0\x18ftypheic" + SCRIPT,
        b"\0\0\0\x18ftypisom" + SCRIPT,
        b"ID3" + SCRIPT * 9,
        b"#!AMR\n" + SCRIPT[:9],
    ],
)
def test_a_signature_in_front_of_something_else_is_damaged(content):
    with refused("broken"):
        attachments.check(content)


@given(st.sampled_from(sorted(samples.ALL)), st.binary(max_size=60), st.integers(0, 40))
def test_no_bytes_whatever_raise_anything_but_broken(content_type, noise, place):
    whole = samples.ALL[content_type]
    with contextlib.suppress(filetypes.Broken):
        filetypes.recognise(whole[:place] + noise + whole[place + len(noise) :])


# what is kept ------------------------------------------------------------------------------------------------


def test_a_kept_file_has_a_random_name_and_its_checksum(keep, files):
    kept = keep(samples.png(), "客厅 漏水.PNG")
    assert kept.name == "客厅 漏水.png"
    assert re.fullmatch(r"attachments/[0-9a-f]{32}\.png", kept.file.name)
    assert (files / kept.file.name).read_bytes() == samples.png()
    assert (kept.size, kept.content_type, len(kept.checksum)) == (len(samples.png()), "image/png", 64)


def test_nothing_is_refused_with_a_sentence_of_its_own(keep):
    with refused("empty"):
        keep(b"")


def test_too_large_is_refused_before_it_is_read(keep, files):
    with refused("size"):
        keep(samples.jpeg() + b"\0" * attachments.ATTACHMENT_MAX_BYTES)
    assert not stored(files)


def test_the_largest_allowed_is_taken(keep):
    content = samples.jpeg()
    assert keep(content + b"\0" * (attachments.ATTACHMENT_MAX_BYTES - len(content))).pk


@pytest.mark.parametrize(
    "given_name, shown",
    [
        ("photo.png", "photo.png"),
        ("photo.jpg", "photo.jpg.png"),
        ("../../etc/passwd", "passwd.png"),
        ("C:\\Users\\林\\屏幕.png", "屏幕.png"),
        ("photo\u202egnp.exe", "photognp.exe.png"),
        ("a\r\nSet-Cookie: x=1.png", "aSet-Cookie_ x=1.png"),
        ('x".png', "x_.png"),
        ("\x00\x1f", "file.png"),
        ("...", "file.png"),
        ("", "file.png"),
        (None, "file.png"),
        ("\ud800.png", "file.png"),
        ("字" * 300 + ".png", "字" * 100 + ".png"),
    ],
)
def test_names_lose_folders_and_what_cannot_be_seen(keep, given_name, shown):
    kept = keep(samples.png(), given_name)
    assert kept.name == shown
    assert shown.split(".")[0] not in kept.file.name or shown == "file.png"


@given(st.text(max_size=200))
def test_any_name_becomes_one_that_fits_and_shows_its_kind(name):
    cleaned = attachments.clean_name(name, filetypes.TYPES["image/jpeg"])
    assert len(cleaned) <= 120 and cleaned.endswith((".jpg", ".jpeg"))
    assert not set(cleaned) & set('/\\\r\n\0\u202e"')


def test_many_are_kept_all_or_none(company, files):
    good, bad = ("a.png", samples.png()), ("b.png", SCRIPT)
    with pytest.raises(Refused, match="b.png"):
        attachments.keep_all(company=company, files=[good, bad], most=6, by=None, at=at())
    with refused("count"):
        attachments.keep_all(company=company, files=[good] * 3, most=2, by=None, at=at())
    assert not stored(files) and not Attachment.objects.exists()
    assert len(attachments.keep_all(company=company, files=[good] * 2, most=2, by=None, at=at())) == 2


# handing out -------------------------------------------------------------------------------------------------


def body(answer):
    return b"".join(answer.streaming_content)


@pytest.mark.parametrize("content_type", sorted(samples.ALL))
def test_every_answer_forbids_sniffing_scripts_and_storing(keep, content_type):
    answer = attachments.response(keep(samples.ALL[content_type]), inline=True)
    assert answer["Content-Type"] == content_type
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Cache-Control"] == "private, no-store"
    assert body(answer) == samples.ALL[content_type]


def test_only_what_browsers_show_is_shown_in_the_page(keep):
    picture, document = keep(samples.png()), keep(samples.pdf())
    assert attachments.response(picture, inline=True)["Content-Disposition"].startswith("inline")
    assert attachments.response(picture)["Content-Disposition"].startswith("attachment")
    assert attachments.response(document, inline=True)["Content-Disposition"].startswith("attachment")


def test_a_chinese_name_is_written_as_rfc_6266_wants(keep):
    answer = attachments.response(keep(samples.png(), "漏水.png"))
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''%E6%BC%8F%E6%B0%B4.png"


def test_a_picture_that_is_also_a_page_is_only_ever_a_picture(keep):
    answer = attachments.response(keep(samples.jpeg(comment=SCRIPT), "photo.html"), inline=True)
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Disposition"].endswith('"photo.html.jpg"')
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_the_policy_of_the_file_survives_the_policy_of_the_site(keep, rf):
    from csp.middleware import CSPMiddleware

    kept = keep(samples.png())
    answer = CSPMiddleware(lambda request: attachments.response(kept))(rf.get("/"))
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_in_production_the_proxy_hands_the_file_over(keep, settings):
    settings.FILES_BY_PROXY = True
    kept = keep(samples.png())
    answer = attachments.response(kept)
    assert answer["X-Accel-Redirect"] == f"/files/{kept.file.name}"
    assert answer.content == b"" and answer["X-Content-Type-Options"] == "nosniff"


def test_a_missing_file_is_a_404(keep, files):
    kept = keep(samples.png())
    (files / kept.file.name).unlink()
    with pytest.raises(Http404):
        attachments.response(kept)


# letting go --------------------------------------------------------------------------------------------------


def test_a_forgotten_file_goes_after_commit_and_leaves_its_row(
    keep, files, django_capture_on_commit_callbacks
):
    kept = keep(samples.png(), "林女士.png")
    with django_capture_on_commit_callbacks(execute=True):
        attachments.forget(kept)
        assert stored(files)
    row = Attachment.objects.get(pk=kept.pk)
    assert (row.file.name, row.name, stored(files)) == ("", "", [])
    attachments.forget(row)
    with pytest.raises(Http404):
        attachments.response(row)


def test_forgetting_that_is_rolled_back_keeps_the_file(keep, files, django_capture_on_commit_callbacks):
    kept = keep(samples.png())
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(ZeroDivisionError):
        with transaction.atomic():
            attachments.forget(kept)
            raise ZeroDivisionError
    assert stored(files)


def age(files, name, **passed):
    then = (at() - dt.timedelta(**passed)).timestamp()
    os.utime(files / name, (then, then))


def test_a_file_whose_transaction_failed_goes_after_a_day(keep, files):
    kept = keep(samples.png())
    age(files, kept.file.name, days=9)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        lost = keep(samples.png())
        raise ZeroDivisionError
    age(files, lost.file.name, hours=23)
    assert attachments.forget_orphans(at()) == 0
    age(files, lost.file.name, hours=25)
    assert attachments.forget_orphans(at(hour=13)) == 0  # looked an hour ago
    assert attachments.forget_orphans(at(hour=20)) == 1
    assert stored(files) == [os.path.basename(kept.file.name)]


def test_the_sweep_does_not_mind_that_nothing_was_ever_kept(db):
    assert attachments.forget_orphans(at()) == 0


def test_the_sweep_is_part_of_the_tick():
    from core.registries import tick_jobs

    assert tick_jobs["jobs.forget_orphans"] is attachments.forget_orphans
