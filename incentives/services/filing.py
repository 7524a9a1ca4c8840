"""A unit's own rules are filed with the company and hold once its committee has agreed (PM-6.5)."""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from approvals.models import Committee, Motion, Seat
from approvals.services import open_motion
from core.flow import Refused, advance
from core.period import SHANGHAI
from incentives import rules
from incentives.policy import clocks
from incentives.services.telling import tell
from organization.models import Assignment
from policies import services as policies
from policies.models import Version
from policies.services.checks import refuse_unready
from policies.services.publishing import locked, refuse_taken_days

TOPIC = "policies.version"


def decides(version):
    """A unit's own rules are put to the vote; nobody publishes them by hand."""
    return version.document.department_id is not None


@transaction.atomic
def file_version(version, *, by, at):
    """Put a unit's draft before the committee that the company's policy names. Returns the motion."""
    fresh = locked(version)
    if not decides(fresh):
        raise Refused(_("Only a unit's own rules are filed; the company's are signed and published."))
    refuse_unready(fresh, at)
    refuse_taken_days(fresh, at)
    advance(fresh, Version.SUBMIT, by=by, at=at)
    version.refresh_from_db()
    return open_motion(
        committee=committee_of(fresh, at),
        topic=TOPIC,
        topic_id=fresh.pk,
        proposed_by=by,
        at=at,
        excluded=dict.fromkeys(_heads_of(fresh.document.department_id, at), Seat.Ground.SUBJECT),
    )


def committee_of(version, at):
    """One person is a committee too."""
    code = clocks(version.company, at.astimezone(SHANGHAI).date()).committee
    committee = Committee.objects.filter(company_id=version.company_id, code=code).first()
    if committee is None:
        raise Refused(_("The committee “%(code)s” that decides does not exist.") % {"code": code})
    return committee


def _heads_of(department_id, at):
    """Whose unit the rules are for has no vote on them."""
    heads = Assignment.objects.on(at.astimezone(SHANGHAI).date()).filter(is_head=True)
    return heads.filter(department_id=department_id).values_list("employee_id", flat=True)


def on_carried(event):
    """The version holds from its day, or from today when that has passed."""
    version, motion = _of(event)
    if version is None:
        return
    at = rules.delivered_at(motion.closed_at, event.created_at, timezone.now())
    try:
        with transaction.atomic():
            policies.put_in_force(version, by=None, at=at)
    except Refused as refusal:
        policies.send_back(version, by=None, at=at, reason_code=refusal.code)
        _tell(version, motion, at, reason=str(refusal.message))
        return
    _tell(version, motion, at)


def on_not_carried(event):
    """Rejected, returned or taken back: a draft again, with the committee's reasons."""
    version, motion = _of(event)
    if version is None:
        return
    at = rules.delivered_at(motion.closed_at, event.created_at, timezone.now())
    policies.send_back(version, by=None, at=at, reason_code=motion.state)
    _tell(version, motion, at, reason=reasons_of(motion))


def reasons_of(motion):
    """What those said who did not agree."""
    reasons = motion.seats.exclude(vote=None).values_list("vote__reason", flat=True)
    return "; ".join(reason for reason in reasons if reason)


def last_motion(version):
    return Motion.objects.filter(topic=TOPIC, topic_id=version.pk).order_by("-round").first()


def _of(event):
    """(version, motion) of an event about a version that is still before the committee, else (None, None)."""
    if event.data["topic"] != TOPIC:
        return None, None
    motion = Motion.objects.select_related("proposed_by__employee").get(pk=event.object_id)
    found = Version.objects.select_for_update().filter(pk=event.data["topic_id"])
    version = found.filter(state=Version.State.SIGNING).first()
    return version, motion


def _tell(version, motion, at, reason=""):
    employee = getattr(motion.proposed_by, "employee", None)
    if employee is None:
        return
    is_agreed = version.state == Version.State.PUBLISHED
    url = version.get_absolute_url() if is_agreed else reverse("policy_edit", args=[version.pk])

    def text():
        if is_agreed:
            day = f"{version.effective_from:%Y-%m-%d}"
            return (
                _("Agreed: %(version)s") % {"version": version},
                _("The rules hold from %(day)s.") % {"day": day},
            )
        return _("Not agreed: %(version)s") % {"version": version}, reason or _("The draft may be changed.")

    tell(
        employee,
        kind=f"incentives.rules_{motion.state}",
        key=f"version-{version.pk}-{motion.pk}-{version.state}",
        at=at,
        url=url,
        text=text,
    )
