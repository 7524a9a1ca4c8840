"""Have a version signed and put it in force: from then on it is frozen and holds from its day."""

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from core.events import publish as publish_event
from core.flow import Refused, advance
from core.period import SHANGHAI
from organization.scopes import holds_role
from policies import rules
from policies.models import Document, SignOff, Version
from policies.registries import deciders
from policies.services.checks import refuse_unready, run_loaders


@transaction.atomic
def submit(version, *, by, at):
    """Send a draft round for its signatures."""
    fresh = locked(version)
    if not fresh.sign_offs.exists():
        raise Refused(_("This document needs no signatures. Publish it."))
    refuse_unready(fresh, at)
    refuse_taken_days(fresh, at)
    advance(fresh, Version.SUBMIT, by=by, at=at)
    publish_event("policies.version_submitted", fresh, document=fresh.document_id)
    version.refresh_from_db()
    return fresh


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
        put_in_force(version, by=by, at=at)
    else:
        publish_event("policies.version_signed", version, step=step.order)
    return version


@transaction.atomic
def publish(version, *, by, at):
    """Somebody of the company publishes a draft: only when everything that is asked of it has been done."""
    fresh = locked(version)
    if any(decides(fresh) for decides in deciders):
        raise Refused(_("A unit's own rules are not published by hand; the company decides on them."))
    refuse_unready(fresh, at)
    put_in_force(fresh, by=by, at=at)
    version.refresh_from_db()
    return fresh


@transaction.atomic
def put_in_force(version, *, by, at):
    """The version holds from its day; the one before it ends there. Needs every signature."""
    document = Document.objects.select_for_update().get(pk=version.document_id)
    if version.sign_offs.filter(signed_by=None).exists():
        raise Refused(_("Not everybody has signed yet."))
    today = at.astimezone(SHANGHAI).date()
    waited = version.sign_offs.exists() or document.department_id is not None
    start = rules.start_day(version.effective_from, today, is_signed=waited)
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
    run_loaders(version, at)
    publish_event("policies.version_published", version, document=document.pk)
    return version


@transaction.atomic
def send_back(version, *, by, at, reason_code):
    """Whoever was asked has not agreed: the version is a draft again and may be changed."""
    return advance(version, Version.SEND_BACK, by=by, at=at, reason_code=reason_code)


@transaction.atomic
def withdraw(version, *, by, at, reason):
    """Take back a version that is not in force yet. Its label is not used again."""
    if not reason.strip():
        raise Refused(_("Say why the version is withdrawn."), field="reason")
    if version.state == Version.State.SIGNING and any(decides(version) for decides in deciders):
        raise Refused(_("The company is deciding on these rules; they can be withdrawn after that."))
    return advance(version, Version.WITHDRAW, by=by, at=at, withdrawal_reason=reason.strip())


def locked(version):
    """The version as it stands now, its row locked: what the caller holds may be older than the last rewrite."""
    rows = Version.objects.select_for_update(of=("self",)).select_related("document__department", "company")
    return rows.get(pk=version.pk)


def refuse_taken_days(version, at):
    """Before a version goes round: it has to begin after the one that holds, even if it were agreed on today."""
    today = at.astimezone(SHANGHAI).date()
    newest = version.document.versions.published().filter(effective_to=None)
    before = newest.exclude(pk=version.pk).first()
    if before is not None:
        _refuse_overlap(before, rules.start_day(version.effective_from, today, is_signed=True), today)


def violations():
    """Sentences, one per published version whose content or clauses are no longer what was published."""
    for version in Version.objects.published().prefetch_related("clauses").iterator(chunk_size=50):
        rows = [(clause.code, clause.number, clause.text) for clause in version.clauses.all()]
        written = [(row["code"], row["number"], row["text"]) for row in version.content.get("clauses", [])]
        if rules.checksum(version.content) != version.checksum or rows != written:
            yield f"policy version {version.pk}: content or clauses were changed after publication"


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
