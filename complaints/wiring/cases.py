"""Navigation, inbox, search, timeline, clocks and checks of the cases."""

from django.utils.translation import gettext_lazy as _

from core import registries
from core.navigation import NavItem

STAFF, OWN = _("Customers and surveys"), _("Myself")


def wire():
    from complaints import inbox, selectors
    from complaints.services import handling

    registries.tick_jobs.register("complaints.pause_due", handling.pause_due, order=40)
    registries.tick_jobs.register("complaints.warn_due", handling.warn_due, order=41)
    registries.gauges.register("cases_overdue", selectors.count_overdue)
    registries.searches.register("complaints", selectors.search, order=40)
    registries.audit_veils.register("complaints", selectors.audit_rows_for)
    registries.customer_timeline.register("complaints.cases", selectors.timeline)
    for source in (inbox.handling, inbox.investigating, inbox.confirming, inbox.supervising, inbox.own):
        registries.inbox_sources.register(f"complaints.{source.__name__}", source)
    _wire_checks()
    _wire_pages(inbox)


def _wire_pages(inbox):
    record, handle = "complaints.record", "complaints.handle"
    entries = {
        "cases": NavItem(
            _("Complaints and praise"), "chat-left-quote", "cases", ("complaints.view",), STAFF, counts=inbox.CASES
        ),
        "case_new": NavItem(_("Take a call"), "telephone-inbound", "case_new", (handle,), STAFF),
        "group_inbox": NavItem(
            _("Passed on and overdue"), "megaphone", "group_inbox", ("complaints.supervise",), STAFF,
            counts=inbox.VOICES,
        ),
        "quick": NavItem(_("Pass on what a customer said"), "pencil-square", "case_quick", (record,), OWN),
        "passed_on": NavItem(_("What I passed on"), "send", "passed_on", (record,), OWN),
        "own": NavItem(
            _("Said of me"), "chat-left-dots", "my_allegations", ("complaints.view_own",), OWN, counts=inbox.OWN
        ),
    }  # fmt: skip
    for name, item in entries.items():
        registries.navigation.register(f"complaints.{name}", item, order=ORDERS[name])


def _wire_checks():
    from complaints import verification

    checks = {
        "4 findings of cases": verification.judged_cases_have_findings,
        "6 four eyes on cases": verification.four_eyes,
        "6 nobody judges their own case": verification.nobody_judges_themselves,
        "7 steps of cases": verification.changes_of_state_are_recorded,
        "7 answers of cases": verification.answered_cases_say_what,
        "7 merged cases": verification.merged_cases_lead_somewhere,
        "7 numbers and shares of cases": verification.numbers_and_shares,
    }
    for name, check in checks.items():
        registries.verifications.register(name, check)


#: place in the sidebar; what everybody does for themselves stands with their own pages
ORDERS = {"cases": 41, "case_new": 42, "group_inbox": 43, "quick": 95, "passed_on": 96, "own": 97}
