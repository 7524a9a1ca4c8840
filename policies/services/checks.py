"""What keeps a pack or a draft from being taken: every fault as a sentence that names its section."""

from django.db import transaction
from django.utils.translation import gettext as _

from core.flow import Refused
from core.registries import pack_loaders, policy_sections
from policies import rules
from policies.registries import content_checks, readiness


class PackRefused(Refused):
    """A pack with faults; `problems` are sentences, one each."""

    def __init__(self, problems):
        super().__init__("\n".join(problems), code="pack")
        self.problems = problems


class TakenBack(Exception):
    """Ends a trial: what was written in it is undone."""


def run_loaders(version, at, only=""):
    for name, load in pack_loaders.items():
        if name.startswith(only):
            try:
                load(version.content, version, version.company, at)
            except ValueError as wrong:
                raise PackRefused([fault(name.split(".")[-1], wrong)]) from wrong


def try_loaders(version, at):
    """What publishing would make, made and undone again: PackRefused when a room would not take its section."""
    try:
        with transaction.atomic():
            run_loaders(version, at)
            raise TakenBack
    except TakenBack:
        return


def document_facts(content):
    try:
        return rules.read_document(content.get("document"))
    except ValueError as wrong:
        raise PackRefused([fault("document", wrong)]) from wrong


def refuse_faults(content, company):
    """Read every section as its room will read it; all faults at once, each naming its section."""
    problems = []
    readers = [("clauses", rules.read_clauses), *policy_sections.items()]
    for name, parse in readers:
        if name in content or name == "clauses":
            try:
                parse(content.get(name))
            except KeyError as missing:
                problems.append(fault(name, _("“%(key)s” is missing.") % {"key": missing.args[0]}))
            except (ValueError, TypeError, AttributeError) as wrong:
                problems.append(fault(name, wrong))
    if not problems:
        roles = set(company.roles.values_list("code", flat=True))
        departments = set(company.departments.values_list("code", flat=True))
        found = rules.dangling(content, roles=roles, departments=departments)
        problems = [fault(name, sentence) for name, sentence in found]
    if problems:
        raise PackRefused(problems)


def refuse_foreign(content, document):
    """What rooms see in the whole of it, and sections that a unit's own rules may not set."""
    problems = []
    if document.department_id is not None:
        problems += [
            fault(name, _("A unit's own rules cannot set this; it is the company's."))
            for name in content
            if name not in rules.UNIT_SECTIONS
        ]
    for check in content_checks:
        problems += check(content, document)
    if problems:
        raise PackRefused(problems)


def refuse_unready(version, at):
    """The first thing that other rooms want to see done before a version is sent round or published."""
    for asks in readiness:
        for sentence in asks(version, at):
            raise Refused(sentence, code="not_ready")


def fault(section, sentence):
    return _("Section “%(section)s”: %(sentence)s") % {"section": section, "sentence": sentence}
