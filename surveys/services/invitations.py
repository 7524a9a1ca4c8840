"""Messages that carry a link: first invitation, one reminder, and the printed list for those without e-mail."""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from audit.services import record
from core.flow import Refused, advance
from core.tokens import hash_token, new_token
from customers.rules import mask_name, mask_phone
from notifications.services import write_to_customer
from surveys.models import Campaign, Draft, Invitation


def link_of(token):
    return f"{settings.PUBLIC_URL}/s/{token}/"


def write_invitation(invitation, token, *, at):
    """Queue the e-mail and mark the invitation sent; without an address it stays 'made' for the printed list."""
    if not invitation.customer or not invitation.customer.email:
        return
    _write(invitation, token, kind="surveys.invitation", at=at)
    advance(invitation, Invitation.SEND, by=None, at=at, sent_at=at)


def remind(campaign, *, days, at, limit=500):
    """One reminder each to those who were written to at least `days` ago and have not answered. Returns how many."""
    due = campaign.invitations.filter(
        state__in=[Invitation.State.SENT, Invitation.State.STARTED],
        reminded_at=None,
        sent_at__lte=at - dt.timedelta(days=days),
        customer__isnull=False,
    ).exclude(customer__email="")
    related = due.select_related("customer", "campaign", "company")
    return sum(_remind_one(invitation, at) for invitation in related[:limit])


@transaction.atomic
def _remind_one(invitation, at):
    """The reminder brings a second link beside the first: the first is stored hashed and cannot be repeated."""
    token = new_token()
    waiting = Invitation.objects.filter(
        pk=invitation.pk, reminded_at=None, state__in=[Invitation.State.SENT, Invitation.State.STARTED]
    )
    if not waiting.update(reminded_at=at, second_token_hash=hash_token(token)):
        return 0
    _write(invitation, token, kind="surveys.reminder", at=at)
    return 1


def _write(invitation, token, *, kind, at):
    customer, campaign = invitation.customer, invitation.campaign
    english = customer.language == "en"
    names = {
        "company": (english and invitation.company.name_en) or invitation.company.name,
        "title": (english and campaign.title_en) or campaign.title,
        "link": link_of(token),
    }
    with translation.override("en" if english else "zh-hans"):
        if kind == "surveys.reminder":
            subject = _("Your opinion is still missing: %(title)s") % names
        else:
            subject = _("%(company)s would like your opinion: %(title)s") % names
        body = (
            _(
                "It takes about three minutes, and you may stop and come back by the same link.\n\n%(link)s\n\n"
                "The link is yours alone. If you would rather not be asked, its first page lets you say so."
            )
            % names
        )
    write_to_customer(
        customer_id=customer.pk,
        address=customer.email,
        company=invitation.company,
        kind=kind,
        key=f"{kind}:{invitation.pk}",
        subject=subject,
        body=body,
        at=at,
        is_secret=True,
    )


@transaction.atomic
def export_links(campaign, *, by, at):
    """[(customer number, masked name, masked phone, site, link)] of unanswered invitations that no e-mail reached.

    Links are stored hashed, so they can be read only now: every export makes new ones, and those of an earlier
    export that nobody has begun stop working. Invitations that were written by e-mail or begun are left alone.
    """
    if campaign.state != Campaign.State.OPEN:
        raise Refused(_("Links exist while the survey is open."))
    waiting = campaign.invitations.select_for_update(of=("self",)).filter(
        Q(customer__email="") | Q(state=Invitation.State.MADE),
        state__in=[Invitation.State.MADE, Invitation.State.SENT],
        customer__isnull=False,
    )
    lines = []
    for invitation in waiting.select_related("customer", "site").order_by("pk"):
        token = new_token()
        Invitation.objects.filter(pk=invitation.pk).update(token_hash=hash_token(token))
        if invitation.state == Invitation.State.MADE:
            advance(invitation, Invitation.SEND, by=by, at=at, sent_at=at)
        customer = invitation.customer
        place = str(invitation.site) if invitation.site else ""
        lines.append(
            (customer.number, mask_name(customer.name), mask_phone(customer.phone), place, link_of(token))
        )
    record("surveys.campaign.links_exported", campaign, by=by, at=at, data={"count": len(lines)})
    return lines


@transaction.atomic
def expire_due(at):
    """Invitations past their day, and campaigns' drafts with them. Cheap when nothing is due."""
    late = Invitation.objects.filter(state__in=Invitation.OPEN_STATES, expires_at__lte=at)
    ids = list(late.values_list("pk", flat=True)[:2000])
    if not ids:
        return 0
    Draft.objects.filter(invitation__in=ids).delete()
    expired = 0
    for invitation in Invitation.objects.filter(pk__in=ids, state__in=Invitation.OPEN_STATES):
        try:
            advance(invitation, Invitation.EXPIRE, by=None, at=at)
            expired += 1
        except Refused:  # answered in this very moment
            continue
    return expired
