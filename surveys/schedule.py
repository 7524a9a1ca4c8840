"""What is due each minute: the quarter's wave, invitations after encounters, reminders, expiry, closing."""

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from core.flow import Refused
from core.period import SHANGHAI, Period
from customers.models import Customer, Encounter
from customers.selectors import askable, with_merged
from organization.models import Company
from surveys.models import Campaign, Invitation
from surveys.selectors import Member, survey_rules
from surveys.services.campaigns import (
    close_campaign,
    create_campaign,
    make_invitation,
    open_campaign,
    request_opening,
)
from surveys.services.invitations import expire_due, remind, write_invitation
from surveys.services.questionnaires import current_version

BATCH = 200
CATCH_UP_DAYS = 7  # an encounter not asked about within a week of its day is no longer fresh


def run_due(at):
    """Tick job of all companies; looks only, when nothing is due. Safe to run twice at once."""
    for company in Company.objects.all():
        day = at.astimezone(SHANGHAI).date()
        try:
            rules = survey_rules(company, day)
        except Refused:  # no policy yet: nothing is scheduled
            rules = None
        if rules and rules.quarterly:
            open_quarterly(company, rules.quarterly, at=at)
        if rules and rules.continuous:
            invite_after_encounters(company, rules.continuous, at=at)
        follow_up(company, rules, at=at)
    expire_due(at)


def quarterly_dates(rule, quarter):
    """(opening day, last day) of the wave of a quarter."""
    month = quarter.months()[rule.opens_month_offset]
    opens_on = month.first_day.replace(day=rule.opens_day)
    return opens_on, opens_on + dt.timedelta(days=rule.open_days - 1)


def open_quarterly(company, rule, *, at):
    """Make and open the wave of this quarter, once: its code is unique, its opening a run that may be repeated."""
    day = at.astimezone(SHANGHAI).date()
    quarter = Period.of("quarter", day)
    opens_on, closes_on = quarterly_dates(rule, quarter)
    if not opens_on <= day <= closes_on:
        return None
    code = f"{rule.questionnaire}-{quarter}".lower()
    if Campaign.objects.filter(company=company, code=code).exclude(state=Campaign.State.DRAFT).exists():
        return None
    campaign = Campaign.objects.filter(company=company, code=code).first()
    try:
        if campaign is None:
            campaign = _make_quarterly(company, rule, quarter, code, opens_on, closes_on, at)
        return request_opening(campaign, by=None, at=at)
    except (
        Refused
    ):  # nobody to ask yet, no questionnaire published, or another worker was faster: asked again later
        return None


def _make_quarterly(company, rule, quarter, code, opens_on, closes_on, at):
    version = current_version(company, rule.questionnaire)
    year, number = str(quarter).split("Q")
    questionnaire = version.questionnaire
    return create_campaign(
        company=company,
        code=code,
        title=f"{questionnaire.title} {year} 年第{'一二三四'[int(number) - 1]}季度",
        title_en=f"{questionnaire.title_en or questionnaire.title}, Q{number} {year}",
        kind=Campaign.Kind.WAVE,
        version=version,
        opens_on=opens_on,
        closes_on=closes_on,
        audience={
            "recent_days": rule.recent_days,
            "prospects_days": rule.prospects_days,
            "margin_bp": rule.sample_margin_bp or None,
            "least": rule.least_per_stratum,
            "remind_after_days": rule.remind_after_days,
        },
        by=None,
        at=at,
    )


def invite_after_encounters(company, rule, *, at):
    """Invitations for encounters `after_days` ago; nobody twice within `quiet_days`. Returns how many were made."""
    day = at.astimezone(SHANGHAI).date()
    latest = day - dt.timedelta(days=rule.after_days)
    due = _encounters_to_ask(company, rule, latest, at)
    if not due.exists():
        return 0
    try:
        campaign = continuous_campaign(company, rule, at=at)
    except Refused:  # the questionnaire is not published yet
        return 0
    return _invite(campaign, due.select_related("customer__merged_into")[:BATCH], rule, at=at)


def _encounters_to_ask(company, rule, latest, at):
    """The newest first: when a customer was served twice, the answer is about the last time.

    All files of one person count as one: asked under any of them, they are left in peace.
    """
    asked = Invitation.objects.filter(encounter=OuterRef("pk"))
    quiet = Customer.objects.filter(
        Q(pk=OuterRef("person")) | Q(merged_into=OuterRef("person")),
        invitations__company=company,
        invitations__made_at__gt=at - dt.timedelta(days=rule.quiet_days),
    )
    fresh = Encounter.objects.filter(
        company=company,
        kind__in=rule.kinds,
        day__lte=latest,
        day__gt=latest - dt.timedelta(days=CATCH_UP_DAYS),
    ).annotate(person=Coalesce("customer__merged_into", "customer"))
    fresh = fresh.filter(person__in=askable(company).values("pk"))
    return fresh.filter(~Exists(asked), ~Exists(quiet)).order_by("-day", "-pk")


@transaction.atomic
def _invite(campaign, encounters, rule, *, at):
    Campaign.objects.select_for_update().get(pk=campaign.pk)
    seen, made = set(), 0
    quiet_since = at - dt.timedelta(days=rule.quiet_days)
    files = with_merged(encounter.customer.live_id for encounter in encounters)
    recent = Invitation.objects.filter(customer__in=files, made_at__gt=quiet_since)
    asked = {files[pk] for pk in recent.values_list("customer_id", flat=True)}
    for served in encounters:
        customer = served.customer.merged_into or served.customer
        if customer.pk in seen | asked:
            continue
        seen.add(customer.pk)
        member = Member(customer.pk, served.kind, "", served.pk)
        invitation, token = make_invitation(campaign, customer, served, member, at=at)
        invitation.expires_at = at + dt.timedelta(days=rule.open_days)
        invitation.save()
        write_invitation(invitation, token, at=at)
        made += 1
    return made


def continuous_campaign(company, rule, *, at):
    """The open campaign of the published version of this questionnaire, made when there is none."""
    version = current_version(company, rule.questionnaire)
    running = Campaign.objects.filter(
        company=company, kind=Campaign.Kind.CONTINUOUS, version=version, state=Campaign.State.OPEN
    ).first()
    if running:
        return running
    code = f"{rule.questionnaire}-v{version.number}"
    with transaction.atomic():
        campaign = create_campaign(
            company=company,
            code=code,
            title=_("%(title)s, after each service") % {"title": version.questionnaire.title},
            title_en=version.questionnaire.title_en,
            kind=Campaign.Kind.CONTINUOUS,
            version=version,
            opens_on=at.astimezone(SHANGHAI).date(),
            closes_on=None,
            audience={"remind_after_days": rule.remind_after_days},
            by=None,
            at=at,
        )
        return open_campaign(campaign, by=None, at=at)


def follow_up(company, rules, *, at):
    """Reminders, and closing the day after the last."""
    day = at.astimezone(SHANGHAI).date()
    for campaign in Campaign.objects.filter(company=company, state=Campaign.State.OPEN).select_related(
        "company"
    ):
        days = campaign.audience.get("remind_after_days") or 0
        if days:
            remind(campaign, days=days, at=at)
        if campaign.closes_on and campaign.closes_on < day:
            try:
                close_campaign(campaign, by=None, at=at)
            except Refused:  # another worker was faster
                continue
