from incentives.models.case import Case
from incentives.models.decision import Decision, Hearing, HearingFile
from incentives.models.execution import Duty, DutyFile, Mark, Notice, ReceiptFile, Talk, Warning
from incentives.models.hand import HandReport, HandReportFile
from incentives.models.ledger import LedgerLine, PayrollBatch, PayrollLine
from incentives.models.rule import Rule
from incentives.models.scope import VisibleQuerySet
from incentives.models.simulation import Simulation
from incentives.models.unit_hit import UnitHit

__all__ = [
    "Case",
    "Decision",
    "Duty",
    "DutyFile",
    "HandReport",
    "HandReportFile",
    "Hearing",
    "HearingFile",
    "LedgerLine",
    "Mark",
    "Notice",
    "PayrollBatch",
    "PayrollLine",
    "ReceiptFile",
    "Rule",
    "Simulation",
    "Talk",
    "UnitHit",
    "VisibleQuerySet",
    "Warning",
]
