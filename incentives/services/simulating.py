"""A draft is tried on the last closed months before it may be published; the figures hold for just its content."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import services as audit
from core.flow import Refused
from incentives import simulation
from incentives.drafts import double_penalties
from incentives.models import Simulation
from incentives.simulation.running import closed_months
from jobs import services as jobs
from jobs.models import Run
from policies.desk import in_force_beside
from policies.models import Version

RUN = "incentives.simulate"


@transaction.atomic
def request_simulation(version, *, by, at):
    """Ask for the figures of this draft as it is now; asked again, they are computed again."""
    months = closed_months(version.company)
    if not months:
        raise Refused(_("No month has been closed yet, so there is nothing to try the draft on."))
    made, is_new = Simulation.objects.get_or_create(
        version=version,
        checksum=version.checksum,
        defaults={
            "company": version.company,
            "first_month": months[0],
            "last_month": months[-1],
            "made_by": by,
        },
    )
    if not is_new:
        Simulation.objects.filter(pk=made.pk).update(first_month=months[0], last_month=months[-1], made_by=by)
    run = jobs.request_run(
        company=version.company, kind=RUN, key=key_of(made), by=by, at=at, params={"simulation": made.pk}
    )
    if run.state == Run.State.DONE:
        jobs.rerun(run, at=at)
    audit.record("incentives.simulation.request", made, by=by, at=at)
    return made


@transaction.atomic
def keep_simulation(made, *, result, at):
    """The figures are there: from now on the version may go round for signature, be filed or published."""
    Simulation.objects.filter(pk=made.pk).update(result=result, made_at=at)
    audit.record("incentives.simulation.keep", made, by=None, at=at)


def key_of(made):
    return f"{made.version_id}-{made.checksum[:40]}"


def run_of(made):
    return Run.objects.filter(company_id=made.company_id, kind=RUN, key=key_of(made)).first()


def simulate(version, current, step=lambda **shown: None):
    """The summary of what this version's rules and those of `current` (or None) would have done."""
    months = closed_months(version.company)
    closes = simulation.closes_for(version.company, months)
    both = [one for one in (version, current) if one is not None]
    total, done = sum(len(simulation.rules_of(one)) for one in both), 0

    def one_more():
        nonlocal done
        done += 1
        step(done=done, total=total)

    step(done=0, total=total)
    now = simulation.run(version, closes, months, one_more, step)
    before = simulation.run(current, closes, months, one_more, step) if current else ([], [])
    return simulation.summary(version, current, months, now, before)


def simulation_run(run, beat):
    """The run kind: refused with a sentence when the draft was changed after it was asked for."""
    made = Simulation.objects.select_related("version__company", "version__document").get(
        pk=run.params["simulation"]
    )
    if made.version.checksum != made.checksum:
        raise Refused(_("The draft was changed meanwhile. Ask for the figures again."))
    result = simulate(made.version, in_force_beside(made.version), beat)
    keep_simulation(made, result=result, at=timezone.now())
    return {"hits": result["totals"]["now"]["hits"]}


def run_title(run):
    made = Simulation.objects.select_related("version__document").filter(pk=run.params["simulation"]).first()
    return _("Trying a draft on past months: %(version)s") % {"version": made.version if made else ""}


def simulation_of(version):
    """The finished figures of just this content, or None."""
    made = Simulation.objects.filter(version=version, checksum=version.checksum).first()
    return made if made is not None and made.made_at is not None else None


def is_overtaken(made):
    """Whether months have been closed since, so that these are no longer the last ones."""
    return closed_months(made.company)[-1:] != [made.last_month]


def concerns_rules(version):
    """Whether there are rules to be tried: its own, or those of the version in force that it would end."""
    current = in_force_beside(version)
    return any(one is not None and one.content.get("rules") for one in (version, current))


def unready(version, at):
    """Sentences: a draft with rules is tried on the past first, and punishes nothing twice."""
    if version.state != Version.State.DRAFT or not concerns_rules(version):
        return
    yield from double_penalties(version)
    made = simulation_of(version)
    if made is None and closed_months(version.company):
        yield _("First look what its rules would have done in the past months.")
    elif made is not None and is_overtaken(made):
        yield _("A further month has been closed since the trial. Compute it again.")
