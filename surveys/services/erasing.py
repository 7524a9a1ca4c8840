"""Erasure of one customer: no word, no link and no number of theirs in this room; what they ticked stays (fact 1)."""

from contextlib import suppress

from django.db import models, transaction

from audit.services import record
from core.flow import Refused, advance
from core.tokens import hash_token, new_token
from surveys.models import AnswerText, Campaign, Draft, Exclusion, Invitation


@transaction.atomic
def erase(customer, at):
    """Invitations are locked before the answers are looked for: a submit of this moment is seen, a later one refused.

    Runs before messages lose their addresses, so that no reminder is written behind their back.
    """
    invitations = list(Invitation.objects.filter(customer=customer).order_by("pk"))
    for invitation in invitations:
        _forget_invitation(invitation, at)
    Draft.objects.filter(invitation__in=invitations).delete()
    AnswerText.objects.filter(answer__invitation__in=invitations).delete()
    _forget_reasons(invitations)
    _forget_number(customer)


def _forget_invitation(invitation, at):
    """The link leads nowhere any more; that somebody was drawn, for whose service, and answered or not, stays."""
    if invitation.state in Invitation.OPEN_STATES:
        with suppress(Refused):  # answered in this very moment
            advance(invitation, Invitation.EXPIRE, by=None, at=at, reason_code="erasure")
    Invitation.objects.filter(pk=invitation.pk).update(
        token_hash=hash_token(new_token()), second_token_hash=None
    )
    record("surveys.invitation.erased", invitation, by=None, at=at)


def _forget_reasons(invitations):
    """Why an answer does not count may quote it: who decided and when stays. No verb changes an exclusion."""
    models.QuerySet(Exclusion).filter(answer__invitation__in=invitations).update(reason="")


def _forget_number(customer):
    """Research picks customers by number; an empty place keeps the number of those picked."""
    picked = Campaign.objects.select_for_update().filter(
        company=customer.company_id, audience__has_key="numbers"
    )
    for campaign in picked.order_by("pk"):
        numbers = campaign.audience["numbers"]
        if customer.number in numbers:
            kept = ["" if number == customer.number else number for number in numbers]
            Campaign.objects.filter(pk=campaign.pk).update(audience={**campaign.audience, "numbers": kept})
