from improvements.models.suggestions import Assessment, MeasuredEffect, Opinion, Suggestion, SuggestionFile

__all__ = ["Assessment", "MeasuredEffect", "Opinion", "Suggestion", "SuggestionFile"]
