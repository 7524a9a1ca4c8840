"""Drafts written in the browser: begun from what is in force, changed by one person at a time, never half."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit.services import record
from core.flow import Refused
from core.period import SHANGHAI
from policies import rules
from policies.models import Document, Version
from policies.services.checks import document_facts, refuse_faults, refuse_foreign, try_loaders
from policies.services.loading import fill


@transaction.atomic
def start_draft(source, *, label, effective_from, revision_note, by, at):
    """A new version of the same document, with everything that stands in `source` until somebody changes it (VK-1)."""
    document = Document.objects.select_for_update().get(pk=source.document_id)
    if document.versions.filter(state__in=[Version.State.DRAFT, Version.State.SIGNING]).exists():
        raise Refused(_("A version of this document is being made already; go on with that one."))
    return _new_version(document, source.content, label, effective_from, revision_note, by=by, at=at)


@transaction.atomic
def start_unit_document(
    department, *, code, number, title, clause, label, effective_from, revision_note, by, at
):
    """A unit's own rule book with its first clause; it holds for the unit and what is below it (PM-6.5)."""
    try:
        with transaction.atomic():
            document = Document.objects.create(
                company=department.company, department=department, code=code, number=number, title=title
            )
    except IntegrityError:
        raise Refused(_("There is a document with this code already."), field="code") from None
    content = {"document": {"code": code, "number": number, "title": title}, "clauses": [clause], "rules": []}
    record("policies.document.create", document, by=by, at=at)
    return _new_version(document, content, label, effective_from, revision_note, by=by, at=at)


@transaction.atomic
def rewrite(version, content, *, seen, by, at):
    """Replace a draft's content; `seen` is the checksum of what the writer had before them.

    Refused with code 'changed' when somebody else has written meanwhile; PackRefused, and nothing is kept, when a
    room would not read it.
    """
    facts = document_facts(content)
    _refuse_past(facts.effective_from, at)
    refuse_faults(content, version.company)
    refuse_foreign(content, version.document)
    digest = rules.checksum(content)
    _refuse_taken_label(version.document, facts.label, but=version.pk)
    here = Version.objects.drafts().filter(pk=version.pk, checksum=seen)
    if not here.update(
        content=content,
        checksum=digest,
        label=facts.label,
        effective_from=facts.effective_from,
        revision_note=facts.revision_note,
    ):
        raise changed_meanwhile()
    version.refresh_from_db()
    version.clauses.all().delete()
    version.sign_offs.all().delete()
    fill(version, facts, content)
    try_loaders(version, at)
    record("policies.version.redraft", version, by=by, at=at)
    return version


def changed_meanwhile():
    """The refusal that keeps one editor from writing over another."""
    sentence = _(
        "Somebody else has changed this draft meanwhile. What you entered is still here; save it again."
    )
    return Refused(sentence, code="changed")


def _new_version(document, content, label, effective_from, revision_note, *, by, at):
    _refuse_past(effective_from, at)
    _refuse_taken_label(document, label)
    content = _with_facts(content, label, effective_from, revision_note)
    facts = document_facts(content)
    refuse_faults(content, document.company)
    refuse_foreign(content, document)
    version = Version.objects.create(
        document=document,
        company=document.company,
        label=facts.label,
        effective_from=facts.effective_from,
        revision_note=facts.revision_note,
        content=content,
        checksum=rules.checksum(content),
    )
    fill(version, facts, content)
    record("policies.version.create", version, by=by, at=at)
    return version


def _with_facts(content, label, effective_from, revision_note):
    facts = {"version": label, "effective_from": f"{effective_from:%Y-%m-%d}", "revision_note": revision_note}
    return {**content, "document": {**content["document"], **facts}}


def _refuse_past(day, at):
    if day < at.astimezone(SHANGHAI).date():
        raise Refused(
            _("A version cannot begin in the past: what was decided since then rests on the one in force."),
            code="past",
            field="effective_from",
        )


def _refuse_taken_label(document, label, but=None):
    if document.versions.filter(label=label).exclude(pk=but).exists():
        raise Refused(_("There is a version %(label)s already.") % {"label": label}, field="label")
