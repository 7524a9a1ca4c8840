"""Reads of other rooms: which version holds on a day, and what it says."""

from django.utils.translation import gettext as _

from core.flow import Refused
from core.registries import policy_sections
from core.remembering import remembered
from policies.models import Clause, Version


def versions_in_force(company, day):
    """One per document of the whole company, the oldest document first. `day` is a date."""
    found = Version.objects.in_force(day).filter(company=company, document__department=None)
    return found.select_related("document").order_by("document_id")


def books_in_force(company, day):
    """Every version that holds on that day, the units' own included: where rules are looked for (PM-6.5)."""
    found = Version.objects.in_force(day).filter(company=company)
    return found.select_related("document").order_by("document_id")


def version_in_force(company, day, section=None):
    """The version that holds on that day, or None; with `section`, the one that sets this section.

    A company with several documents has several versions in force: name the section you are after.
    """
    versions = remembered(
        ("policies.in_force", company.pk, day), lambda: list(versions_in_force(company, day))
    )
    return next((version for version in versions if section is None or section in version.content), None)


def section(company, name, day, *, otherwise=None):
    """The parsed section that holds on that day (a frozen dataclass of the room it belongs to).

    Where no book of the company sets it, `otherwise`; without that it is Refused.
    """
    version = version_in_force(company, day, name)
    if version is None and otherwise is not None:
        return otherwise
    if version is None:
        raise Refused(
            _(
                "No policy of %(company)s in force on %(day)s has the section “%(section)s”. Load or publish one first."
            )
            % {"company": company, "day": f"{day:%Y-%m-%d}", "section": name},
            code="no_policy",
        )
    return section_of(version, name)


def section_of(version, name):
    """The parsed section of this version; raw when no room reads it, Refused when it has none."""
    if name not in version.content:
        raise Refused(
            _("%(version)s has no section “%(section)s”.") % {"version": version, "section": name},
            code="no_section",
        )
    parse = policy_sections.get(name)
    return parse(version.content[name]) if parse else version.content[name]


def clause_in_force(company, code, day):
    """The clause with this code as it stood on that day, or None: what a decision of that day cites."""
    return (
        Clause.objects.filter(version__in=versions_in_force(company, day).values("pk"), code=code)
        .select_related("version__document")
        .first()
    )
