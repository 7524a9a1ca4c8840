"""Close step, handlers of votes and facts, tick jobs."""

from django.utils.translation import gettext_lazy as _

from core import events
from core.closing import CloseStep
from core.registries import close_steps, fact_sources, tick_jobs
from improvements.registries import inspection_facts
from incentives import inspection_figures, services
from incentives.services import facts, hand, voting
from scoring.models import Close


def register():
    step = CloseStep(label=_("Cases and proposals"), transition=Close.PROPOSE, run=services.find_cases)
    close_steps.register("propose", step, order=30)
    events.subscribe("approvals.motion_carried", "incentives.enact", voting.on_carried)
    events.subscribe("approvals.motion_rejected", "incentives.reject", voting.on_rejected)
    events.subscribe("approvals.motion_returned", "incentives.return", voting.on_returned)
    events.subscribe("approvals.motion_withdrawn", "incentives.take_back", voting.on_returned)
    events.subscribe("complaints.finding_confirmed", "incentives.finding", facts.on_finding)
    events.subscribe("complaints.finding_reopened", "incentives.finding_reopened", facts.on_finding_reopened)
    events.subscribe("complaints.praise_confirmed", "incentives.praise", facts.on_praise)
    events.subscribe("incentives.hand_report_verified", "incentives.hand_report", facts.on_hand_report)
    events.subscribe("improvements.fact_verified", "incentives.room_fact", facts.on_room_fact)
    events.subscribe("improvements.fact_withdrawn", "incentives.fact_withdrawn", facts.on_fact_withdrawn)
    fact_sources.register("incentives.hand", hand.hand_facts)
    inspection_facts.register("execution", inspection_figures.EXECUTION, order=10)
    tick_jobs.register("incentives.facts", services.find_due_facts, order=49)
    tick_jobs.register("incentives.unit_hits", services.resolve_unit_hits, order=49)
    tick_jobs.register("incentives.end_hearings", services.end_due_hearings, order=50)
    tick_jobs.register("incentives.finalize", services.finalize_due, order=51)
