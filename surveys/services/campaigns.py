"""Make a campaign, draw its sample and invite, close it. Opening is a run: safe to repeat and to run twice at once."""

import datetime as dt
import secrets
from collections import Counter, defaultdict

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from core.flow import Refused, advance
from core.period import SHANGHAI
from core.tokens import hash_token, new_token
from customers.models import Customer, Encounter
from customers.selectors import with_merged
from jobs.services import request_run
from surveys import sampling
from surveys.models import Campaign, Invitation, Mode, OpenLink
from surveys.selectors import frame
from surveys.services.invitations import write_invitation

OPEN_RUN = "surveys.open_campaign"
BATCH = 200


@transaction.atomic
def create_campaign(
    *, company, code, title, kind, version, opens_on, closes_on, audience, by, at, title_en="", mode=Mode.WEB
):
    """A campaign in draft. `audience` is described in surveys/sampling.py."""
    if version.company_id != company.pk:
        raise Refused(_("This questionnaire belongs to another company."))
    if closes_on and closes_on < opens_on:
        raise Refused(_("The last day lies before the first."), field="closes_on")
    campaign, made = Campaign.objects.get_or_create(
        company=company,
        code=code,
        defaults={
            "title": title,
            "title_en": title_en,
            "kind": kind,
            "version": version,
            "mode": mode,
            "opens_on": opens_on,
            "closes_on": closes_on,
            "audience": audience,
            "created_by": by,
        },
    )
    if not made:
        raise Refused(
            _("There is a survey with the code “%(code)s” already.") % {"code": code}, code="exists"
        )
    record("surveys.campaign.created", campaign, by=by, at=at, to_state=campaign.state)
    return campaign


def preview(company, audience, day):
    """What opening would draw today: (frame size, sample size, [{stratum, population, drawn}])."""
    sizes = Counter(member.stratum for member in frame(company, audience, day))
    return _plan(sizes, audience)


def _plan(sizes, audience):
    population = sum(sizes.values())
    wanted = sampling.sample_size(population, audience.get("margin_bp"))
    parts = sampling.allocate(dict(sorted(sizes.items())), wanted, audience.get("least", sampling.LEAST))
    table = [{"stratum": name, "population": sizes[name], "drawn": parts[name]} for name in parts]
    return population, sum(parts.values()), table


@transaction.atomic
def request_opening(campaign, *, by, at):
    """Ask a worker to draw and invite. Returns the run whose progress can be watched."""
    if campaign.state not in Campaign.OPEN.sources:
        raise Refused(_("This survey is already “%(state)s”.") % {"state": campaign.get_state_display()})
    if not frame(campaign.company, campaign.audience, at.astimezone(SHANGHAI).date()):
        raise Refused(
            _("Nobody fits this audience, so there is nobody to invite. Widen it, then open the survey.")
        )
    return request_run(company=campaign.company, kind=OPEN_RUN, key=str(campaign.pk), by=by, at=at)


def carry_out_opening(run, beat):
    """The run behind `request_opening`: open with a seed, then invite whoever of the sample has no invitation yet."""
    campaign = Campaign.objects.select_related("company", "version").get(pk=run.key)
    if campaign.state in Campaign.OPEN.sources:
        open_campaign(campaign, by=run.requested_by, at=run.requested_at)
    drawn = sample_of(campaign)
    beat(step=_("Writing invitations"), done=0, total=len(drawn))
    made = 0
    for start in range(0, len(drawn), BATCH):
        made += invite_batch(campaign, drawn[start : start + BATCH], at=run.requested_at)
        beat(done=min(start + BATCH, len(drawn)))
    return {"invited": len(drawn), "made": made}


@transaction.atomic
def open_campaign(campaign, *, by, at):
    """Fix frame, allocation and seed, and open. From here on the sample follows from what is stored."""
    members = frame(campaign.company, campaign.audience, at.astimezone(SHANGHAI).date())
    population, size, table = _plan(Counter(member.stratum for member in members), campaign.audience)
    return advance(
        campaign,
        Campaign.OPEN,
        by=by,
        at=at,
        opened_at=at,
        seed=secrets.token_hex(16),
        frame_size=population,
        sample_size=size,
        allocation=table,
    )


def sample_of(campaign):
    """The members that seed and allocation draw from the frame of the opening day, in order of id.

    A repeated run finds the frame as it was unless files changed meanwhile; whoever is invited already stays so.
    """
    strata = defaultdict(list)
    members = {}
    for member in frame(campaign.company, campaign.audience, campaign.opened_at.astimezone(SHANGHAI).date()):
        strata[member.stratum].append(member.customer_id)
        members[member.customer_id] = member
    parts = {row["stratum"]: row["drawn"] for row in campaign.allocation}
    drawn = sampling.draw(strata, {name: parts.get(name, 0) for name in strata}, campaign.seed)
    return [members[pk] for pk in sorted(pk for chosen in drawn.values() for pk in chosen)]


@transaction.atomic
def invite_batch(campaign, members, *, at):
    """Invitations for those who have none yet, with their messages, in one transaction; returns how many were made.

    The campaign's row is locked meanwhile, so that two runs at once invite nobody twice.
    """
    Campaign.objects.select_for_update().get(pk=campaign.pk)
    ids = [member.customer_id for member in members]
    files = with_merged(ids)  # whoever was invited under a file joined to another since is invited already
    invited = {
        files[pk]
        for pk in campaign.invitations.filter(customer__in=files).values_list("customer_id", flat=True)
    }
    customers = Customer.objects.in_bulk(set(ids) - invited)
    encounters = Encounter.objects.in_bulk([member.encounter_id for member in members if member.encounter_id])
    new = []
    for member in members:
        if member.customer_id in customers:
            served = encounters.get(member.encounter_id)
            new.append(make_invitation(campaign, customers[member.customer_id], served, member, at=at))
    Invitation.objects.bulk_create([invitation for invitation, token in new])
    for invitation, token in new:
        write_invitation(invitation, token, at=at)
    return len(new)


def make_invitation(campaign, customer, served, member, *, at):
    """(unsaved Invitation, its token); whom it is about is copied from the encounter."""
    token = new_token()
    invitation = Invitation(
        company=campaign.company,
        campaign=campaign,
        customer=customer,
        encounter=served,
        employee_id=served.employee_id if served else None,
        department_id=served.department_id if served else None,
        site_id=served.site_id if served else None,
        service_day=served.day if served else None,
        segment=member.segment,
        stratum=member.stratum,
        token_hash=hash_token(token),
        made_at=at,
        expires_at=last_moment(campaign.closes_on),
    )
    return invitation, token


def last_moment(day):
    """The end of that day in Shanghai, or None."""
    return day and dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), SHANGHAI)


@transaction.atomic
def close_campaign(campaign, *, by, at):
    """No more answers from now on; the tick lets what is still open expire, one by one."""
    advance(campaign, Campaign.CLOSE, by=by, at=at)
    campaign.invitations.filter(state__in=Invitation.OPEN_STATES).update(expires_at=at)
    OpenLink.objects.filter(campaign=campaign, closed_at=None).update(closed_at=at)
    return campaign


@transaction.atomic
def create_open_link(campaign, *, label, by, at, site=None, employee=None, department=None):
    """A QR code for a place or a person, whose answers are about them."""
    if campaign.state != Campaign.State.OPEN:
        raise Refused(_("Open the survey first; then make QR codes for it."))
    for thing in (site, employee, department):
        if thing is not None and thing.company_id != campaign.company_id:
            raise Refused(_("This belongs to another company."))
    link = OpenLink.objects.create(
        campaign=campaign,
        company=campaign.company,
        code=new_token(),
        label=label,
        site=site,
        employee=employee,
        department=department,
    )
    record("surveys.openlink.created", link, by=by, at=at)
    return link
