"""Minutes of what a committee decided: assembled from closed motions, signed by the chair, frozen."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from approvals import minutes as content
from approvals import rules, selectors
from approvals.models import Minutes, MinutesItem, Motion
from audit import services as audit
from core.flow import Refused, advance
from core.numbering import numbered
from core.period import SHANGHAI

SERIES = "JY"


@transaction.atomic
def assemble_minutes(committee, *, motions, by, at, remarks=""):
    """A draft of the closed motions given, in the order they were closed; its day is the last closing."""
    if not selectors.may_assemble(committee, by):
        raise Refused(_("Minutes are drawn up by members, or by who keeps the group."))
    chosen = list(
        Motion.objects.filter(pk__in=[motion.pk for motion in motions], committee=committee)
        .exclude(closed_at=None)
        .order_by("closed_at", "pk")
    )
    if not chosen or len(chosen) != len(motions):
        raise Refused(_("Choose votes of this group that are closed."), field="motions")
    minutes = Minutes.objects.create(
        company_id=committee.company_id,
        committee=committee,
        held_on=chosen[-1].closed_at.astimezone(SHANGHAI).date(),
        remarks=remarks.strip(),
        assembled_by=by,
        assembled_at=at,
    )
    try:
        with transaction.atomic():
            MinutesItem.objects.bulk_create(
                MinutesItem(minutes=minutes, motion=motion, place=place)
                for place, motion in enumerate(chosen, start=1)
            )
    except IntegrityError:
        raise Refused(_("One of these votes stands in other minutes already."), code="state") from None
    audit.record("approvals.minutes.assemble", minutes, by=by, at=at)
    return minutes


@transaction.atomic
def sign_minutes(minutes, *, by, at):
    """The chair signs: the number is given and the content is frozen as it reads now."""
    today = at.astimezone(SHANGHAI).date()
    rules.refuse_signing(**selectors.office_of(minutes.committee, by, today))
    frozen = content.assembled(minutes)
    checksum = content.checksum(frozen)
    advance(
        minutes,
        Minutes.SIGN,
        by=by,
        at=at,
        reason_code=checksum[:12],
        number=numbered(SERIES, minutes.company_id, today),
        content=frozen,
        content_hash=checksum,
        signed_by=by,
        signed_at=at,
    )
    return minutes


@transaction.atomic
def discard_minutes(minutes, *, by, at):
    """A draft that is not needed; its motions are free for other minutes."""
    if not selectors.may_assemble(minutes.committee, by):
        raise Refused(_("Minutes are drawn up by members, or by who keeps the group."))
    advance(minutes, Minutes.DISCARD, by=by, at=at)
    minutes.items.all().delete()
    return minutes
