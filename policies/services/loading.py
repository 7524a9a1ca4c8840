"""Load a pack as a version: how a company is set up, and how a changed rule book comes in from a file."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from core.flow import Refused
from organization.services import open_company
from policies import rules
from policies.models import Clause, Document, SignOff, Version
from policies.reading import read_pack
from policies.services.checks import document_facts, refuse_faults, refuse_foreign, run_loaders
from policies.services.publishing import put_in_force

SET_UP_FIRST = "organization."  # loaders that run before the signatures: the signers' roles must exist


@dataclass(frozen=True)
class Loaded:
    version: Version
    is_new: bool  # False when the very same pack had been loaded before
    is_new_company: bool = False


@transaction.atomic
def set_up(pack_name, *, unit, by, at, name=""):
    """Load a pack for the company with code `unit`, which is opened if new: how a company is set up.

    `pack_name` is the name of a shipped pack or the path of a TOML file. Safe to run again.
    """
    pack = rules.plain(read_pack(pack_name))
    facts = document_facts(pack)
    company, is_new_company = open_company(code=unit, name=name, opened_on=facts.effective_from, by=by, at=at)
    loaded = load_pack(pack, company=company, by=by, at=at, pack_name=str(pack_name).rsplit("/", 1)[-1])
    return Loaded(loaded.version, loaded.is_new, is_new_company)


@transaction.atomic
def load_pack(pack, *, company, by, at, pack_name=""):
    """The version this pack describes: the one there already, a changed draft, or a new one.

    Without sign-off steps it is published at once; with them it waits as a draft. Raises PackRefused, and
    nothing is kept, when any section does not read or a room finds fault with the whole, as with a draft.
    """
    content = rules.plain(pack)
    facts = document_facts(content)
    refuse_faults(content, company)
    document, _made = Document.objects.get_or_create(
        company=company,
        code=facts.code,
        defaults={
            "number": facts.number,
            "title": facts.title,
            "title_en": facts.title_en,
            "pack": pack_name,
        },
    )
    refuse_foreign(content, document)
    version = _version(document, facts, content, by=by, at=at)
    is_new = not version.clauses.exists()
    if is_new:
        fill(version, facts, content)
        if not facts.steps:
            put_in_force(version, by=by, at=at)
        elif not document.versions.published().exists():
            run_loaders(version, at, only=SET_UP_FIRST)
    elif version.state == Version.State.PUBLISHED and version.effective_to is None:
        run_loaders(version, at)
    return Loaded(version, is_new)


def _version(document, facts, content, *, by, at):
    """The row for this label: the same one, a draft made anew, or a new one without clauses yet."""
    digest = rules.checksum(content)
    version = document.versions.filter(label=facts.label).first()
    if version is None:
        version = Version.objects.create(
            document=document,
            company=document.company,
            label=facts.label,
            effective_from=facts.effective_from,
            revision_note=facts.revision_note,
            content=content,
            checksum=digest,
        )
        record("policies.version.create", version, by=by, at=at)
        return version
    if version.checksum == digest:
        return version
    _refuse_changed(version)
    Version.objects.filter(pk=version.pk, state=Version.State.DRAFT).update(
        effective_from=facts.effective_from,
        revision_note=facts.revision_note,
        content=content,
        checksum=digest,
    )
    version.clauses.all().delete()
    version.sign_offs.all().delete()
    version.refresh_from_db()
    record("policies.version.redraft", version, by=by, at=at)
    return version


def fill(version, facts, content):
    Clause.objects.bulk_create(
        [
            Clause(
                version=version,
                code=row["code"],
                number=row["number"],
                text=row["text"],
                text_en=row.get("text_en", ""),
                order=place,
            )
            for place, row in enumerate(rules.read_clauses(content["clauses"]), start=1)
        ]
    )
    SignOff.objects.bulk_create(
        [
            SignOff(version=version, order=place, step=step.step, step_en=step.step_en, role=step.role)
            for place, step in enumerate(facts.steps, start=1)
        ]
    )


def _refuse_changed(version):
    if version.state == Version.State.DRAFT:
        return
    raise Refused(
        _("Version %(label)s is %(state)s and cannot be changed. Give the changed pack a new “version”.")
        % {"label": version.label, "state": version.get_state_display()},
        code="frozen",
    )
