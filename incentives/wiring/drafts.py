"""Drafts of rules: checks, what is to be done with them, the trial on past months, and the vote on a unit's own."""

from approvals.topics import Topic, topics
from core import events
from incentives import draft_pages, drafts, wording_drafts
from incentives.services import filing, simulating
from jobs.services import run_kinds
from jobs.wording import run_titles
from policies.registries import content_checks, deciders, draft_steps, readiness, rule_words


def register():
    content_checks.register("incentives.codes", drafts.refused_codes)
    content_checks.register("incentives.units", drafts.unknown_units)
    rule_words.register("params", wording_drafts.params)
    readiness.register("incentives.rules", simulating.unready)
    deciders.register("incentives.units", filing.decides)
    draft_steps.register("incentives.rules", draft_pages.rules_step, order=10)
    draft_steps.register("incentives.simulation", draft_pages.simulation_step, order=20)
    draft_steps.register("incentives.filing", draft_pages.filing_step, order=30)
    run_kinds.register(simulating.RUN, simulating.simulation_run)
    run_titles.register(simulating.RUN, simulating.run_title)
    topics.register(
        filing.TOPIC,
        Topic(
            draft_pages.topic_title,
            "incentives/draft_ballot.html",
            draft_pages.topic_context,
            find=draft_pages.topic_find,
        ),
    )
    events.subscribe("approvals.motion_carried", "incentives.rules_agreed", filing.on_carried)
    for name in ("rejected", "returned", "withdrawn"):
        events.subscribe(f"approvals.motion_{name}", "incentives.rules_sent_back", filing.on_not_carried)
