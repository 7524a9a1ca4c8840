from improvements.models.inspection_findings import InspectionFact, InspectionFinding
from improvements.models.inspections import Inspection, InspectionFile, InspectionItem, Inspector
from improvements.models.suggestions import Assessment, MeasuredEffect, Opinion, Suggestion, SuggestionFile

__all__ = [
    "Assessment",
    "Inspection",
    "InspectionFact",
    "InspectionFile",
    "InspectionFinding",
    "InspectionItem",
    "Inspector",
    "MeasuredEffect",
    "Opinion",
    "Suggestion",
    "SuggestionFile",
]
