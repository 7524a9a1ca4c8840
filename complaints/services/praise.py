"""Praise from proof to confirmed shares (RE-5.2b): the fact that a reward may rest on. No reward is made here."""

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from audit import services as audit
from complaints import rules, sharing
from complaints.casework import enter
from complaints.models import Case, CaseFile, Kind, Praise, PraiseShare, State
from complaints.recusal import day_of, happened_on
from complaints.services import handling
from complaints.twins import FACTS, proved_by_same_scan, with_same_scan
from core.events import publish
from core.flow import Refused, advance
from notifications.services import notify
from organization.scopes import employee_id_of
from surveys.entry import clean_text

SCANS = ("image/", "application/pdf")
Outcome, Proof = Praise.CallOutcome, Praise.Proof


@transaction.atomic
def prove(case, *, proof, by, at, call_outcome="", note=""):
    """What shows that the praise is real: a photo or scan with the case, or a customer called back who confirms it.

    Nobody reached leaves it open, a customer who knows nothing of it declines it. Praise that nobody has accepted yet
    is accepted with it: the customer hears that somebody looks after it.
    """
    case, praise = _entered(case, by)
    note = _short(note)
    if proof == Proof.PHOTO:
        hindrance = sharing.hindrance_to_photo(form=praise.form, has_scan=has_scan(case))
        rules.refuse(hindrance, field="proof", code="proof")
        _refuse_used_scan(proved_by_same_scan(case))
        call_outcome = ""
    elif proof == Proof.CALL:
        _refuse_bad_call(call_outcome, note)
    else:
        raise Refused(_("Choose what shows that the praise is real."), field="proof")
    case = _accepted(case, by, at)
    praise.proof, praise.call_outcome, praise.call_note = proof, call_outcome, note
    if call_outcome == Outcome.NOT_REACHED:
        return _not_reached(case, praise, by, at)
    if call_outcome == Outcome.CONTRADICTED:
        return _contradicted(case, praise, by, at)
    advance(case, Case.PROVE, by=by, at=at, reason_code=str(proof))
    praise.proved_by, praise.proved_at = by, at
    praise.save(update_fields=["proof", "call_outcome", "call_note", "proved_by", "proved_at"])
    return praise


def _refuse_bad_call(outcome, note):
    if outcome not in Outcome.values:
        raise Refused(_("Choose what came of the call."), field="call_outcome")
    if not note:
        raise Refused(_("Write when you called and what was said."), field="note")


def _accepted(case, by, at):
    if case.state != State.RECEIVED:
        return case
    with translation.override(case.language):
        message = _("Thank you. We find out who served you, so that your thanks reach them.")
    return handling.accept(case, by=by, at=at, message=message)


def _not_reached(case, praise, by, at):
    """To be tried again; the note of the last call stays."""
    if case.state != State.ACCEPTED:
        return advance(case, Case.PROVE, by=by, at=at)  # refuses in words
    praise.proof = ""
    praise.save(update_fields=["call_outcome", "call_note"])
    audit.record("complaints.case.call_tried", case, by=by, at=at, reason_code=str(Outcome.NOT_REACHED))
    return praise


def _contradicted(case, praise, by, at):
    """Nobody is written to: whoever left this number as theirs is not the one who praised."""
    with translation.override(case.language):
        reason = _("The call-back did not confirm this praise.")
    advance(
        case, Case.DECLINE, by=by, at=at, reason_code=str(Outcome.CONTRADICTED), decline_reason=reason, closed_at=at
    )  # fmt: skip
    praise.proof = ""
    praise.save(update_fields=["call_outcome", "call_note"])
    return praise


@transaction.atomic
def attribute(case, *, shares, by, at):
    """Say who shares in it: {employee: basis points}, 10,000 together. A second person confirms it."""
    case, praise = _entered(case, by)
    counted = {employee.pk: share for employee, share in shares.items()}
    rules.refuse(sharing.fault_of_shares(counted), field="shares", code="shares")
    _refuse_strangers(case, shares)
    prover_id = employee_id_of(praise.proved_by) if praise.proved_by else None
    hindrance = sharing.hindrance_to_attribute(
        actor_id=employee_id_of(by), prover_id=prover_id, sharer_ids=set(counted)
    )
    rules.refuse(hindrance, field="shares", code="own")
    advance(case, Case.ATTRIBUTE, by=by, at=at)
    praise.shares.all().delete()
    PraiseShare.objects.bulk_create(
        PraiseShare(praise=praise, employee_id=pk, share_bp=share) for pk, share in counted.items()
    )
    praise.attributed_by, praise.attributed_at, praise.return_reason = by, at, ""
    praise.save(update_fields=["attributed_by", "attributed_at", "return_reason"])
    return praise


@transaction.atomic
def return_shares(case, *, reason, by, at):
    """Back to whoever shared it out, with what to change. It takes the same second person as confirming."""
    case, praise = _entered(case, by)
    reason = rules.refuse_blank(
        reason, _("Write what should be changed; your colleague reads it."), most=rules.MOST_REASON
    )
    rules.refuse(hindrance_to_confirm(praise, by), code="own")
    advance(case, Case.RETURN_SHARES, by=by, at=at)
    praise.return_reason = reason
    praise.save(update_fields=["return_reason"])
    _tell_returned(case, praise, at)
    return praise


@transaction.atomic
def confirm_praise(case, *, by, at):
    """The fact stands: written praise and pennants may now be rewarded (RE-5.2b). Those praised are told."""
    _hold_twins(case)
    case, praise = _entered(case, by)
    rules.refuse(hindrance_to_confirm(praise, by), code="own")
    if praise.proof == Proof.PHOTO:
        _refuse_used_scan(proved_by_same_scan(case, states=FACTS))
    advance(case, Case.CONFIRM_PRAISE, by=by, at=at)
    praise.confirmed_by, praise.confirmed_at = by, at
    praise.save(update_fields=["confirmed_by", "confirmed_at"])
    publish("complaints.praise_confirmed", case, praise=praise.pk, form=praise.form)
    for share in praise.shares.select_related("employee__user"):
        _tell_praised(case, praise, share, at)
    return praise


def hindrance_to_confirm(praise, user):
    """The sentence that keeps this user from confirming or returning the shares, or ''."""
    return sharing.hindrance_to_confirm(
        actor_id=employee_id_of(user),
        user_id=user.pk,
        attributed_by_id=praise.attributed_by_id,
        sharer_ids=set(praise.shares.values_list("employee_id", flat=True)),
    )


def has_scan(case):
    """Is a photo, scan or document kept with the case, or one merged into it (and not removed on schedule)?"""
    files = CaseFile.objects.filter(Q(case=case) | Q(case__merged_into=case)).exclude(attachment__file="")
    kept = files.values_list("attachment__content_type", flat=True)
    return any(content_type.startswith(SCANS) for content_type in kept)


def _hold_twins(case):
    """Praise with the same photo is confirmed one after the other, locked in one order lest they wait in a circle."""
    together = [case.pk, *with_same_scan(case).values_list("pk", flat=True)]
    list(Case.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=together).order_by("pk"))


def _refuse_used_scan(other):
    """One pennant counts once, whoever entered it."""
    if other is None:
        return
    raise Refused(
        _(
            "The same photo proves %(number)s already; a pennant counts once. Merge this one into %(number)s, "
            "or call the customer back when they are two."
        )
        % {"number": other.number},
        field="proof",
        code="twin",
    )


def _entered(case, by):
    """(case, praise) as they are now, the row locked: what is asked of the shares below still holds at the end."""
    if case.kind != Kind.PRAISE:
        raise Refused(_("This is no praise."), code="kind")
    case = enter(case, by=by)
    return case, Praise.objects.select_related("proved_by", "attributed_by").get(case=case)


def _short(note):
    most = Praise._meta.get_field("call_note").max_length
    if len(clean_text(note)) > most:
        raise Refused(_("At most %(most)s characters, shorten the text.") % {"most": most}, field="note")
    return clean_text(note)


def _refuse_strangers(case, shares):
    """Only people of the company who worked there on the day they are praised for."""
    for employee in shares:
        if employee.company_id != case.company_id:
            raise Refused(_("Choose colleagues of this company."), field="shares")
        has_left = employee.left_on is not None and employee.left_on < happened_on(case)
        if has_left or employee.joined_on > day_of(case.received_at):
            raise Refused(
                _("%(name)s did not work here on the day this is about.") % {"name": employee.name},
                field="shares",
            )


def _tell_praised(case, praise, share, at):
    """In their language. Who the customer is stays out of it, and so do the customer's words."""
    user = share.employee.user
    if user is None:
        return
    with translation.override(user.language):
        subject = _("A customer thanked you: %(form)s") % {"form": praise.get_form_display()}
        body = _("It was checked and confirmed. Your share is %(share)s %%.") % {
            "share": sharing.percent_of_share(share.share_bp)
        }
    notify(
        user=user,
        company=case.company,
        kind="complaints.praised",
        key=f"complaints.praised:{praise.pk}",
        subject=subject,
        body=body,
        at=at,
    )


def _tell_returned(case, praise, at):
    user = praise.attributed_by
    with translation.override(user.language):
        subject = _("Shares of %(number)s were returned to you") % {"number": case.number}
    notify(
        user=user,
        company=case.company,
        kind="complaints.shares_returned",
        key=f"complaints.shares_returned:{praise.pk}:{at:%Y%m%d%H%M%S}",
        subject=subject,
        body=praise.return_reason,
        url=reverse("praise", args=[case.pk]),
        at=at,
    )
