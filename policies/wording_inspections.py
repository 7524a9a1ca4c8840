"""Settings of inspections in plain words (see policies.wording)."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

WORDS = {
    "inspections.answer_days": (_("the head answers an inspection within"), "days"),
    "inspections.follow_up_days": (_("a measure is done within, at the latest"), "days"),
    "inspections.warn_days": (_("warning before an answer or a measure is due"), "days"),
    "inspections.soon_days": (_("an inspection is shown as due soon before"), "calendar_days"),
    "inspections.most_files": (_("photos and files per item or measure, at most"), "text"),
    "inspections.is_announced": (_("departments are told when an inspection is planned"), "yes_no"),
    "checklists.*.clause": (_("rests on the clause"), "text"),
    "checklists.*.departments": (_("departments inspected, with what is below them"), "department"),
    "checklists.*.committee": (_("members of this committee inspect"), "committee"),
    "checklists.*.every_months": (_("inspected every"), "months"),
    "checklists.*.pass_bp": (_("passed from"), "bp"),
    "checklists.*.partly_bp": (_("partly met gives, of the points"), "bp"),
    "checklists.*.items.*.points": (pgettext_lazy("item of a checklist", "points"), "text"),
    "checklists.*.items.*.area": (pgettext_lazy("item of a checklist", "area"), "area"),
    "checklists.*.items.*.severity": (pgettext_lazy("item of a checklist", "severity"), "code"),
    "checklists.*.items.*.follow_up": (_("a fault needs a follow-up"), "yes_no"),
    "checklists.*.items.*.fact": (_("a named colleague's fault is the fact"), "code"),
}

#: areas of a checklist's items
AREAS = {
    "rules": _("execution of the rules"),
    "complaints": _("handling of complaints"),
    "data": _("customer data"),
    "activities": _("care activities"),
    "feedback": _("handling of feedback"),
}

CODES = {
    "minor": pgettext_lazy("severity of a fault", "minor"),
    "general": pgettext_lazy("severity of a fault", "general"),
    "serious": pgettext_lazy("severity of a fault", "serious"),
    "data_error": _("wrong customer data"),
}
