"""What the jobs page says about a run."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.imports import import_kinds
from core.registries import Registry
from jobs.models import ImportBatch, Run

MOVING = {Run.State.QUEUED, Run.State.RUNNING}
#: run kind -> callable(run) -> title sentence; rooms register theirs, else the kind's code is shown
run_titles = Registry()


@dataclass(frozen=True)
class Line:
    run: Run
    title: str
    left: str
    trouble: str

    @property
    def is_moving(self):
        return self.run.state in MOVING


def told(run, at):
    return Line(run, title_of(run), time_left(run, at), trouble_of(run))


def title_of(run):
    named = run_titles.get(run.kind)
    return str(named(run)) if named else f"{run.kind} {run.key}"


def time_left(run, at):
    """'about 2 minutes', from the share done so far; '' while nothing can be said."""
    if run.state != Run.State.RUNNING or not run.done or not run.total or run.started_at is None:
        return ""
    passed = at - run.started_at
    left = passed * (run.total - run.done) / run.done
    if left < dt.timedelta(minutes=1):
        return _("less than a minute")
    minutes = round(left / dt.timedelta(minutes=1))
    return ngettext("about %(count)s minute", "about %(count)s minutes", minutes) % {"count": minutes}


def trouble_of(run):
    """The refusal's own sentence when a rule stopped it; a general one when the program failed."""
    if not run.error:
        return ""
    if run.state == Run.State.FAILED and "\n" not in run.error and not run.error.endswith(")"):
        return run.error
    if run.state == Run.State.FAILED:
        return _("It failed %(count)s times. The reason is in the log of the worker.") % {
            "count": run.attempts
        }
    return _("It was interrupted and will be tried again.")


def import_title(run):
    batch = ImportBatch.objects.select_related("upload").filter(pk=run.params.get("batch")).first()
    kind = import_kinds.get(batch.kind) if batch else None
    if kind is None:
        return run.kind
    return _("%(title)s: import of %(file)s") % {"title": kind.title, "file": batch.upload.name}
