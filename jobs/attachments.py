"""Attachments: checked by content, kept under a random name outside the static tree, served by a view that asks.

A caller's view decides who may see one (its own `visible_to`) and then returns `response(attachment)`.
"""

import datetime as dt
import hashlib
import unicodedata
from pathlib import PurePosixPath
from urllib.parse import quote

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from core.flow import Refused
from core.models import Heartbeat
from jobs import filetypes, traces
from jobs.models import Attachment
from jobs.services import random_name

#: a technical limit, like the proxy's; how many files one case may have stands in the policy
ATTACHMENT_MAX_BYTES = 15 * 1024 * 1024
#: all files of one form: what the proxy lets through, less the words
TOGETHER_MAX_BYTES = 28 * 1024 * 1024
#: for the `accept` of a file field; the content decides
TYPES = tuple(filetypes.TYPES)
LONGEST_NAME = 100
FOLDER = "attachments"
ORPHAN_AFTER = dt.timedelta(days=1)
SWEEP = "jobs.orphans"
SWEEP_EVERY = dt.timedelta(hours=6)
BATCH = 500


def check(content):
    """The FileType of the bytes; Refused with a sentence when they are not to be kept."""
    if not content:
        raise Refused(_("The file is empty. Choose it again."), code="empty")
    if len(content) > ATTACHMENT_MAX_BYTES:
        raise Refused(
            _("The file is larger than %(most)s MB. Make the photo smaller, or send a shorter recording.")
            % {"most": ATTACHMENT_MAX_BYTES >> 20},
            code="size",
        )
    try:
        found = filetypes.recognise(content)
    except filetypes.Broken:
        raise Refused(_("The file is damaged or incomplete. Choose it again."), code="broken") from None
    if found is None:
        raise Refused(
            _(
                "Choose photos (JPEG, PNG, WebP, GIF, HEIC), PDF, recordings (MP3, M4A, AMR, WAV) or videos (MP4, MOV)."
            ),
            code="type",
        )
    return found


def keep(*, company, content, name, by, at):
    """Check and keep one file; `by` is None for a customer. Part of the caller's transaction.

    The file is written at once. When the transaction fails later it has no row, and `forget_orphans` takes it.
    """
    found = check(content)
    attachment = Attachment(
        company=company,
        name=clean_name(name, found),
        content_type=found.content_type,
        size=len(content),
        checksum=hashlib.sha256(content).hexdigest(),
        kept_by=by,
        kept_at=at,
    )
    attachment.file.save(f"{random_name()}.{found.extensions[0]}", ContentFile(content), save=False)
    attachment.save()
    return attachment


def keep_all(*, company, files, most, by, at, hides_maker=False):
    """Keep [(name, content)], all or none; Refused when there are more than `most`, naming the file otherwise.

    `hides_maker`: of somebody anonymous; place, camera and author that a file tells of are taken out first.
    """
    if len(files) > most:
        raise Refused(_("At most %(most)s files. Leave some out.") % {"most": most}, code="count")
    checked = []
    for name, content in files:
        try:
            check(content)
            checked.append((name, anonymous(content) if hides_maker else content))
        except Refused as refusal:
            sentence = _("“%(name)s”: %(reason)s") % {"name": plain_name(name), "reason": refusal.message}
            raise Refused(sentence, code=refusal.code) from None
    return [keep(company=company, content=content, name=name, by=by, at=at) for name, content in checked]


def anonymous(content):
    """The file without what it tells of whoever made it."""
    try:
        return traces.without_traces(content)
    except traces.Unclean:
        raise Refused(
            _("What it tells of place and device cannot be taken out. Send a screenshot of it instead."),
            code="traces",
        ) from None


def clean_name(name, found):
    """The name to show and to save under: no folders, nothing invisible, and an ending that says what it is."""
    stem, dot, ending = plain_name(name).rpartition(".")
    if not dot or ending.lower() not in found.extensions:
        stem, ending = plain_name(name), found.extensions[0]
    return f"{stem.strip(' .')[:LONGEST_NAME] or 'file'}.{ending.lower()}"


def plain_name(name):
    """Without folders, control and format characters (bidi overrides turn gpj.exe into exe.jpg) and lone surrogates."""
    last = str(name or "").replace("\\", "/").rpartition("/")[2]
    kept = (
        " " if unicodedata.category(letter).startswith("Z") else "_" if letter in '<>:"|?*' else letter
        for letter in unicodedata.normalize("NFC", last)
        if not unicodedata.category(letter).startswith("C")
    )
    return " ".join("".join(kept).split())


def response(attachment, *, inline=False):
    """The file, after the caller has asked who may see it. Shown in the page only where browsers can show it."""
    if not attachment.file:
        raise Http404("removed on schedule")
    kind = filetypes.TYPES.get(attachment.content_type)
    as_attachment = not (inline and kind is not None and kind.is_shown)
    if settings.FILES_BY_PROXY:
        made = HttpResponse(content_type=attachment.content_type)
        made["X-Accel-Redirect"] = f"/files/{quote(attachment.file.name)}"
    else:
        made = FileResponse(_opened(attachment), content_type=attachment.content_type)
    made["Content-Disposition"] = content_disposition_header(as_attachment, attachment.name or "file")
    made["Content-Security-Policy"] = "sandbox; default-src 'none'"
    made["X-Content-Type-Options"] = "nosniff"
    made["Cache-Control"] = "private, no-store"
    return made


def _opened(attachment):
    try:
        return attachment.file.open("rb")
    except FileNotFoundError:
        raise Http404("missing on disk") from None


@transaction.atomic
def forget(attachment):
    """Remove the file and its name; the row stays as the trace that something was there. Twice is harmless.

    The file goes only after commit: a rollback must find it in place.
    """
    stored = attachment.file.name
    Attachment.objects.filter(pk=attachment.pk).update(file="", name="")
    attachment.file, attachment.name = "", ""
    if stored:
        transaction.on_commit(lambda: default_storage.delete(stored))


def forget_orphans(at):
    """Tick: remove files that no row knows, a day after they were written. Looks four times a day; returns how many."""
    if not _is_time_to_sweep(at):
        return 0
    old = [name for name in _stored() if default_storage.get_modified_time(name) < at - ORPHAN_AFTER]
    removed = 0
    for start in range(0, len(old), BATCH):
        names = old[start : start + BATCH]
        known = set(Attachment.objects.filter(file__in=names).values_list("file", flat=True))
        for name in set(names) - known:
            default_storage.delete(name)
            removed += 1
    return removed


def _is_time_to_sweep(at):
    """True for one of several workers, once per interval."""
    mark, is_new = Heartbeat.objects.get_or_create(name=SWEEP, defaults={"at": at})
    due = Heartbeat.objects.filter(pk=mark.pk, at__lte=at - SWEEP_EVERY)
    return is_new or bool(due.update(at=at))


def _stored():
    try:
        files = default_storage.listdir(FOLDER)[1]
    except FileNotFoundError:
        return []
    return [str(PurePosixPath(FOLDER, name)) for name in files]
