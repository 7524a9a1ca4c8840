"""A finding on 方磊 by severity: two rules of the book name it, one for what is general, one for what is serious."""

from appeals import services
from appeals.models import Appeal
from appeals.tests.build import FILED, REASONS, TEXT, AppealStage
from complaints.models import Allegation, Finding, Verdict
from complaints.models import Case as Voice
from incentives import services as incentives
from incentives.models import Case, Decision
from policies.models import Version
from tests import factories
from tests.factories import at
from tests.replay import replayed

SEVERITIES = [
    {"code": "minor", "name": "轻微", "name_en": "Minor"},
    {"code": "general", "name": "一般", "name_en": "General"},
    {"code": "serious", "name": "严重", "name_en": "Serious"},
]
COMPLAINTS = {
    "classes": [{"code": "general", "name": "一般"}],
    "problem_types": [{"code": "attitude", "name": "服务态度"}],
    "severities": SEVERITIES,
    "default_class": dict.fromkeys(("complaint", "praise", "suggestion", "report"), "general"),
    "prefixes": {"complaint": "TS", "praise": "BY", "suggestion": "JY", "report": "NB"},
    "grace_days": 5,
    "max_reopens": 2,
    "max_pause_days": 10,
    "repeat_days": 90,
    "keep_days": 365,
    "hot_days": 7,
    "low_answer_at_most": 2,
    "most_files": 6,
}
LATER = at(2026, 11, 17)


def points(amount):
    return {"kind": "points", "amount": amount, "least": amount, "most": amount}


def finding_rule(code, amount, *severities, **params):
    return {
        "code": code,
        "clause": "RE-5.3a",
        "title": f"投诉经查属实 {code}",
        "title_en": f"A complaint found true {code}",
        "direction": "penalty",
        "trigger": "finding_confirmed",
        "params": {"severities": list(severities), **params},
        "evidence": "literal",
        "effects": [points(amount)],
    }


GENERAL = finding_rule("F-general", -1, "minor", "general")
SERIOUS = finding_rule("F-serious", -3, "serious")


def finding_stage():
    """The stage in a company of its own, replayed."""
    return replayed("appeals.finding", lambda: FindingStage(factories.make_company()))


class FindingStage(AppealStage):
    """A serious finding of Friday 30 October; what the rules make of it is found on 1 November."""

    def __init__(self, company, *rules):
        super().__init__(company, rules=rules or (GENERAL, SERIOUS))
        content = self.version.content | {"complaints": COMPLAINTS}
        Version.objects.filter(pk=self.version.pk).update(content=content)
        self.finding = self.confirmed()

    def confirmed(self, verdict=Verdict.SUBSTANTIATED, severity="serious"):
        voice = Voice.objects.create(
            company=self.company,
            number="TS-2610-0001",
            key="one",
            kind="complaint",
            channel="web",
            text="等了很久",
            received_at=at(2026, 10, 20),
            state="confirmed",
        )
        allegation = Allegation.objects.create(
            case=voice,
            employee=self.worst,
            statement="态度",
            added_at=at(2026, 10, 20),
            told_at=at(2026, 10, 21),
        )
        return Finding.objects.create(
            company=self.company,
            case=voice,
            allegation=allegation,
            state=Finding.State.CONFIRMED,
            verdict=verdict,
            cause="attitude",
            severity=severity,
            reasons="录音可查",
            proposed_by=self.hr,
            proposed_at=at(2026, 10, 29),
            confirmed_by=self.second,
            confirmed_at=at(2026, 10, 30),
        )

    def found(self):
        incentives.find_fact_cases(self.company, at(2026, 11, 1))
        return Case.objects.get()

    def looked_at(self):
        """An appeal against the finding, being investigated."""
        appeal = services.draft("finding", self.finding.pk, by=self.worst.user, at=FILED)
        appeal = services.write(
            appeal, grounds=["fact"], text=TEXT, wish="vary", by=self.worst.user, at=FILED
        )
        appeal = services.file(appeal, by=self.worst.user, at=FILED)
        services.accept(appeal, by=self.officer, at=FILED)
        return services.investigate(appeal, by=self.officer, at=FILED)

    def changed(self, appeal, verdict="substantiated", severity="general", *, outcome="varied"):
        """Proposed; signed only by `sign`."""
        return services.propose(
            appeal,
            outcome=outcome,
            reasons=REASONS,
            finding={"verdict": verdict, "severity": severity} if outcome == "varied" else None,
            by=self.officer,
            at=LATER,
        )

    def sign(self):
        return services.decide(Appeal.objects.get(), by=self.reviewer, at=LATER)

    def won(self, *wanted, **options):
        self.changed(self.looked_at(), *wanted, **options)
        return self.sign()

    def heard_and_voted(self, decision):
        """The milder decision on the common path."""
        decision = Decision.objects.get(pk=decision.pk)
        hearing = incentives.call_hearing(decision, by=self.hr, at=LATER)
        incentives.waive_hearing(hearing, by=self.worst.user, at=LATER)
        incentives.submit_batch([Decision.objects.get(pk=decision.pk)], by=self.hr, at=LATER)
        issued = self.vote(Decision.objects.get(pk=decision.pk), moment=LATER)
        incentives.finalize_due(at(2026, 12, 20))
        return Decision.objects.get(pk=issued.pk)
