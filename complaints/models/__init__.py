from complaints.models.case import Allegation, Case, Channel, Kind, State, ToldBy
from complaints.models.finding import Cause, Finding, FindingAdjudication, Praise, PraiseShare, Verdict
from complaints.models.mail import Letter, Mailbox
from complaints.models.record import CaseFile, CaseLink, CaseTopic, Entry, FeedbackCode, Guess, SavedView

__all__ = [
    "Allegation",
    "Case",
    "CaseFile",
    "CaseLink",
    "CaseTopic",
    "Cause",
    "Channel",
    "Entry",
    "FeedbackCode",
    "Finding",
    "FindingAdjudication",
    "Guess",
    "Kind",
    "Letter",
    "Mailbox",
    "Praise",
    "PraiseShare",
    "SavedView",
    "State",
    "ToldBy",
    "Verdict",
]
