"""What a person named may know of their case: the statement, their reply, the confirmed finding. Never who spoke."""

from dataclasses import dataclass

from complaints import wording
from complaints.models import Allegation, Finding, State
from complaints.models.case import BEFORE_FINDING

JUDGED = (State.CONFIRMED, State.RESPONDED, State.CLOSED)
DROPPED = (State.WITHDRAWN, State.DECLINED)


@dataclass
class Own:
    allegation: Allegation
    rules: object

    @property
    def pk(self):
        return self.allegation.pk

    @property
    def case(self):
        return self.allegation.case

    @property
    def subject(self):
        return wording.subject_of(self.case, self.rules)

    @property
    def finding(self):
        """Only once a second person has confirmed it, and as long as the case was not taken up again."""
        if self.case.state not in JUDGED:
            return None
        confirmed = [one for one in self.allegation.findings.all() if one.state == Finding.State.CONFIRMED]
        return confirmed[-1] if confirmed else None

    @property
    def may_reply(self):
        open_still = self.case.state in (*BEFORE_FINDING, State.PROPOSED)
        return open_still and self.allegation.replied_at is None

    @property
    def is_dropped(self):
        return self.case.state in DROPPED

    @property
    def asked_of(self):
        """Whom to ask: who investigates it, else who handles it."""
        return self.case.investigator or self.case.handler

    @property
    def severity(self):
        return wording.code_name(self.rules, "severity", self.finding.severity) if self.finding else ""

    @property
    def corrected(self):
        """What an appeal has made of the finding, or None; the first one stays beside it."""
        return self.finding.adjudicated if self.finding else None

    @property
    def corrected_severity(self):
        return wording.code_name(self.rules, "severity", self.corrected.severity) if self.corrected else ""
