from improvements.models.inspection_findings import InspectionFact, InspectionFinding
from improvements.models.inspections import Inspection, InspectionFile, InspectionItem, Inspector

__all__ = [
    "Inspection",
    "InspectionFact",
    "InspectionFile",
    "InspectionFinding",
    "InspectionItem",
    "Inspector",
]
