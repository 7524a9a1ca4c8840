"""Close step, handlers of votes, tick jobs."""

from django.utils.translation import gettext_lazy as _

from core import events
from core.closing import CloseStep
from core.registries import close_steps, tick_jobs
from incentives import services
from incentives.services import voting
from scoring.models import Close


def register():
    step = CloseStep(label=_("Cases and proposals"), transition=Close.PROPOSE, run=services.find_cases)
    close_steps.register("propose", step, order=30)
    events.subscribe("approvals.motion_carried", "incentives.enact", voting.on_carried)
    events.subscribe("approvals.motion_rejected", "incentives.reject", voting.on_rejected)
    events.subscribe("approvals.motion_returned", "incentives.return", voting.on_returned)
    events.subscribe("approvals.motion_withdrawn", "incentives.take_back", voting.on_returned)
    tick_jobs.register("incentives.end_hearings", services.end_due_hearings, order=50)
    tick_jobs.register("incentives.finalize", services.finalize_due, order=51)
