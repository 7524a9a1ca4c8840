"""Inspections of departments: rules, policy, the line, letters, figures, checks."""
