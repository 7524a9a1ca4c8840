"""Load a pack as a version, have it signed, publish it: from then on it is frozen and holds from its day."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from core.events import publish as publish_event
from core.flow import Refused, advance
from core.period import SHANGHAI
from core.registries import pack_loaders, policy_sections
from organization.scopes import holds_role
from organization.services import open_company
from policies import rules
from policies.models import Clause, Document, SignOff, Version
from policies.reading import read_pack

SET_UP_FIRST = "organization."  # loaders that run before the signatures: the signers' roles must exist


class PackRefused(Refused):
    """A pack with faults; `problems` are sentences, one each."""

    def __init__(self, problems):
        super().__init__("\n".join(problems), code="pack")
        self.problems = problems


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
    facts = _document_facts(pack)
    company, is_new_company = open_company(code=unit, name=name, opened_on=facts.effective_from, by=by, at=at)
    loaded = load_pack(pack, company=company, by=by, at=at, pack_name=str(pack_name).rsplit("/", 1)[-1])
    return Loaded(loaded.version, loaded.is_new, is_new_company)


@transaction.atomic
def load_pack(pack, *, company, by, at, pack_name=""):
    """The version this pack describes: the one there already, a changed draft, or a new one.

    Without sign-off steps it is published at once; with them it waits as a draft. Raises PackRefused, and
    nothing is kept, when any section does not read.
    """
    content = rules.plain(pack)
    facts = _document_facts(content)
    _refuse_faults(content, company)
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
    version = _version(document, facts, content, by=by, at=at)
    is_new = not version.clauses.exists()
    if is_new:
        _fill(version, facts, content)
        if not facts.steps:
            publish(version, by=by, at=at)
        elif not document.versions.published().exists():
            _run_loaders(version, at, only=SET_UP_FIRST)
    elif version.state == Version.State.PUBLISHED and version.effective_to is None:
        _run_loaders(version, at)
    return Loaded(version, is_new)


@transaction.atomic
def submit(version, *, by, at):
    """Send a draft round for its signatures."""
    if not version.sign_offs.exists():
        raise Refused(_("This document needs no signatures. Publish it."))
    advance(version, Version.SUBMIT, by=by, at=at)
    publish_event("policies.version_submitted", version, document=version.document_id)
    return version


@transaction.atomic
def sign(version, *, by, at):
    """Sign the step whose turn it is; the last signature puts the version in force."""
    version = Version.objects.select_for_update().select_related("document").get(pk=version.pk)
    if version.state != Version.State.SIGNING:
        raise Refused(_("This version is not being signed off now."), code="state")
    step = version.sign_offs.filter(signed_by=None).order_by("order").first()
    _refuse_wrong_signer(version, step, by=by, at=at)
    if not SignOff.objects.filter(pk=step.pk, signed_by=None).update(signed_by=by, signed_at=at):
        raise Refused(_("Somebody else has just signed this step. Reload the page."), code="state")
    record(
        "policies.signoff.sign",
        step,
        by=by,
        at=at,
        company_id=version.company_id,
        data={"version": version.pk},
    )
    if not version.sign_offs.filter(signed_by=None).exists():
        publish(version, by=by, at=at)
    else:
        publish_event("policies.version_signed", version, step=step.order)
    return version


@transaction.atomic
def publish(version, *, by, at):
    """Put the version in force from its day; the one before it ends there. Needs every signature."""
    document = Document.objects.select_for_update().get(pk=version.document_id)
    if version.sign_offs.filter(signed_by=None).exists():
        raise Refused(_("Not everybody has signed yet."))
    today = at.astimezone(SHANGHAI).date()
    start = rules.start_day(version.effective_from, today, is_signed=version.sign_offs.exists())
    before = document.versions.published().filter(effective_to=None).first()
    if before is not None:
        _refuse_overlap(before, start, today)
        Version.objects.filter(pk=before.pk).update(effective_to=start)
        record("policies.version.supersede", before, by=by, at=at, data={"by_version": version.pk})
    _refuse_rival_sections(version)
    advance(version, Version.PUBLISH, by=by, at=at, effective_from=start, published_at=at, published_by=by)
    facts = rules.read_document(version.content["document"])
    Document.objects.filter(pk=document.pk).update(
        number=facts.number, title=facts.title, title_en=facts.title_en
    )
    _run_loaders(version, at)
    publish_event("policies.version_published", version, document=document.pk)
    return version


@transaction.atomic
def withdraw(version, *, by, at, reason):
    """Take back a version that is not in force yet. Its label is not used again."""
    if not reason.strip():
        raise Refused(_("Say why the version is withdrawn."), field="reason")
    return advance(version, Version.WITHDRAW, by=by, at=at, withdrawal_reason=reason.strip())


def violations():
    """Sentences, one per published version whose content or clauses are no longer what was published."""
    for version in Version.objects.published().prefetch_related("clauses").iterator(chunk_size=50):
        rows = [(clause.code, clause.number, clause.text) for clause in version.clauses.all()]
        written = [(row["code"], row["number"], row["text"]) for row in version.content.get("clauses", [])]
        if rules.checksum(version.content) != version.checksum or rows != written:
            yield f"policy version {version.pk}: content or clauses were changed after publication"


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


def _fill(version, facts, content):
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


def _run_loaders(version, at, only=""):
    for name, load in pack_loaders.items():
        if name.startswith(only):
            try:
                load(version.content, version, version.company, at)
            except ValueError as fault:
                raise PackRefused([_fault(name.split(".")[-1], fault)]) from fault


def _document_facts(content):
    try:
        return rules.read_document(content.get("document"))
    except ValueError as fault:
        raise PackRefused([_fault("document", fault)]) from fault


def _refuse_faults(content, company):
    """Read every section as its room will read it; all faults at once, each naming its section."""
    problems = []
    readers = [("clauses", rules.read_clauses), *policy_sections.items()]
    for name, parse in readers:
        if name in content or name == "clauses":
            try:
                parse(content.get(name))
            except KeyError as missing:
                problems.append(_fault(name, _("“%(key)s” is missing.") % {"key": missing.args[0]}))
            except (ValueError, TypeError, AttributeError) as fault:
                problems.append(_fault(name, fault))
    if not problems:
        roles = set(company.roles.values_list("code", flat=True))
        departments = set(company.departments.values_list("code", flat=True))
        found = rules.dangling(content, roles=roles, departments=departments)
        problems = [_fault(name, sentence) for name, sentence in found]
    if problems:
        raise PackRefused(problems)


def _fault(section, sentence):
    return _("Section “%(section)s”: %(sentence)s") % {"section": section, "sentence": sentence}


def _refuse_changed(version):
    if version.state == Version.State.DRAFT:
        return
    raise Refused(
        _("Version %(label)s is %(state)s and cannot be changed. Give the changed pack a new “version”.")
        % {"label": version.label, "state": version.get_state_display()},
        code="frozen",
    )


def _refuse_wrong_signer(version, step, *, by, at):
    day = at.astimezone(SHANGHAI).date()
    if not holds_role(by, version.company_id, step.role, day):
        raise Refused(_("It is the turn of “%(step)s” to sign.") % {"step": step.step}, code="not_your_turn")
    facts = rules.read_document(version.content["document"])
    if not facts.may_sign_twice and version.sign_offs.filter(signed_by=by).exists():
        raise Refused(
            _("You have signed an earlier step; the next one is for somebody else."), code="signed_already"
        )


def _refuse_overlap(before, start, today):
    if start <= before.effective_from:
        raise Refused(
            _("Version %(label)s holds from %(day)s; the new one has to begin later.")
            % {"label": before.label, "day": f"{before.effective_from:%Y-%m-%d}"},
            code="overlap",
        )
    if start < today:
        raise Refused(
            _(
                "The new version would begin on %(day)s, in the past; what was decided since then rests on %(label)s."
            )
            % {"day": f"{start:%Y-%m-%d}", "label": before.label},
            code="past",
        )


def _refuse_rival_sections(version):
    """Two documents that set the same section would leave the company with two answers."""
    mine = rules.exclusive_sections(version.content)
    others = Version.objects.published().filter(
        company_id=version.company_id, effective_to=None, document__department=None
    )
    for other in others.exclude(document_id=version.document_id).select_related("document"):
        both = mine & rules.exclusive_sections(other.content)
        if both and version.document.department_id is None:
            raise Refused(
                _("“%(title)s” sets the section “%(section)s” already; one document only may do so.")
                % {"title": other.document.title, "section": min(both)},
                code="rival",
            )
