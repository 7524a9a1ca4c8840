"""What a customer does with a link: save, answer once, decline. `at` is the moment of the request."""

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from audit.services import record
from core.events import publish
from core.flow import Refused, advance
from core.numbering import numbered
from core.period import SHANGHAI
from core.tokens import hash_token
from customers.models import Consent
from organization.selectors import assignment_on
from surveys.entry import missing
from surveys.models import Answer, AnswerText, Campaign, Draft, Invitation, OpenLink

ALREADY = "already_answered"
RELATED = ("campaign__version", "company", "employee", "site")
#: large or unneeded here; the parsed content is kept in the process by its checksum
LEFT_OUT = ("campaign__version__content", "campaign__audience", "campaign__allocation", "campaign__mapping")


def find_invitation(token):
    """The invitation behind a link with all that its page shows, in one statement; None for an unknown token."""
    digest = hash_token(token)
    found = Invitation.objects.filter(Q(token_hash=digest) | Q(second_token_hash=digest))
    return found.select_related(*RELATED, "customer", "draft").defer(*LEFT_OUT).order_by().first()


def find_open_link(code):
    """A link whose campaign is in the field, or None."""
    links = OpenLink.objects.filter(code=code, closed_at=None, campaign__state=Campaign.State.OPEN)
    return links.select_related(*RELATED).defer(*LEFT_OUT).first()


def is_answerable(invitation, at):
    """May still be filled in: not finished, not expired, its campaign open."""
    return (
        invitation.state in Invitation.OPEN_STATES
        and (invitation.expires_at is None or invitation.expires_at > at)
        and invitation.campaign.state == Campaign.State.OPEN
    )


@transaction.atomic
def save_draft(invitation, *, entry, at):
    """Keep what one page said; the first save makes the invitation 'started'. Returns the draft."""
    locked = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if locked.state not in Invitation.OPEN_STATES:
        raise Refused(_("We already have your answer."), code=ALREADY)
    if locked.state != Invitation.State.STARTED:
        advance(locked, Invitation.START, by=None, at=at)
    # read after the lock was got: joined to it, PostgreSQL would show the draft as it was before waiting
    draft = Draft.objects.filter(invitation=locked).first() or Draft(invitation=locked, started_at=at)
    draft.answers, draft.texts = entry.merged_into(draft.answers, draft.texts)
    draft.saved_at = at
    draft.save()
    return draft


@transaction.atomic
def submit(invitation, *, entry, language, at):
    """Turn draft and last page into the one Answer of this invitation; Refused when it has one already.

    The conditional UPDATE of the invitation decides between simultaneous taps; the unique `invitation` of Answer
    stands behind it. Whom the answer is about is copied from the invitation, which had it from the encounter.
    """
    draft = getattr(invitation, "draft", None)
    answers, texts = entry.merged_into(draft.answers if draft else {}, draft.texts if draft else {})
    version = invitation.campaign.version
    lacking = missing(version.parsed, answers, texts)
    if lacking:
        raise Refused(_("Some questions still need an answer."), code="incomplete", field=lacking[0])
    try:
        advance(invitation, Invitation.SUBMIT, by=None, at=at)
    except Refused as late:
        raise Refused(_("We already have your answer."), code=ALREADY) from late
    answer = Answer.objects.create(
        company=invitation.company,
        campaign=invitation.campaign,
        version=version,
        invitation=invitation,
        number=numbered("A", invitation.company_id, at.astimezone(SHANGHAI).date(), width=6),
        employee_id=invitation.employee_id,
        department_id=invitation.department_id,
        site_id=invitation.site_id,
        segment=invitation.segment,
        stratum=invitation.stratum,
        mode=invitation.campaign.mode,
        service_day=invitation.service_day,
        submitted_at=at,
        duration_s=max(0, int((at - draft.started_at).total_seconds())) if draft else None,
        language=language,
        answers=answers,
    )
    AnswerText.objects.bulk_create(
        [AnswerText(answer=answer, question=code, text=text) for code, text in texts.items()]
    )
    Draft.objects.filter(invitation=invitation).delete()
    publish("surveys.answer_submitted", answer)
    return answer


@transaction.atomic
def decline(invitation, *, never_again, at):
    """'Not this time', or never again: then the consent to surveys is withdrawn too (CC-4.1)."""
    advance(invitation, Invitation.REFUSE, by=None, at=at, reason_code="never_again" if never_again else "")
    Draft.objects.filter(invitation=invitation).delete()
    if never_again and invitation.customer_id:
        consent = Consent.objects.create(
            customer_id=invitation.customer_id,
            purpose=Consent.Purpose.SURVEYS,
            is_given=False,
            source="survey link",
            at=at,
        )
        record("customers.consent.withdrawn", consent, by=None, at=at, company_id=invitation.company_id)


@transaction.atomic
def invitation_from_link(link, *, nonce, at):
    """The invitation of a first save behind a QR code. `nonce` is the random value the page was shown with:
    it becomes the token, so that a double tap finds the same invitation. None when it belongs to something else.
    """
    day = at.astimezone(SHANGHAI).date()
    department_id = link.department_id
    if department_id is None and link.employee_id:
        assignment = assignment_on(link.employee_id, day)
        department_id = assignment.department_id if assignment else None
    invitation, _made = Invitation.objects.get_or_create(
        token_hash=hash_token(nonce),
        defaults={
            "company": link.company,
            "campaign": link.campaign,
            "open_link": link,
            "employee_id": link.employee_id,
            "department_id": department_id,
            "site_id": link.site_id,
            "service_day": day,
            "made_at": at,
        },
    )
    return invitation if invitation.open_link_id == link.pk else None
