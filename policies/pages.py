"""What the policy pages show, made ready for their templates."""

from dataclasses import dataclass

from django.utils.translation import get_language

from core.access import verbs as known_verbs
from organization.models import Role
from organization.scopes import grants_of, reach_of, today
from policies import rules, wording
from policies.comparing import effect_in_full
from policies.models import Document, Version


@dataclass(frozen=True)
class Shelf:
    """One document with the version in force and the one that comes next."""

    document: Document
    current: Version | None
    coming: Version | None


@dataclass(frozen=True)
class Section:
    code: str
    name: str
    rows: list
    defaults: int


@dataclass(frozen=True)
class EffectLine:
    """An effect in words; `setting` is a number of it that the clause does not give: ours or the company's."""

    text: str
    setting: rules.Setting | None


@dataclass(frozen=True)
class RuleRow:
    code: str
    title: str
    clause: object
    effects: list
    evidence: str
    is_active: bool
    direction: str


def shelves(user, company):
    """Every document of the company that has a version this user may see."""
    versions = Version.objects.visible_to(user).filter(company=company).select_related("document__department")
    by_document = {}
    for version in versions.order_by("document_id", "effective_from", "pk").defer("content"):
        by_document.setdefault(version.document, []).append(version)
    return [Shelf(document, in_force(found), coming(found)) for document, found in by_document.items()]


def in_force(versions, day=None):
    day = day or today()
    return next(
        (
            version
            for version in versions
            if version.state == Version.State.PUBLISHED
            and version.effective_from <= day
            and (version.effective_to is None or version.effective_to > day)
        ),
        None,
    )


def coming(versions):
    """What follows: a published version whose day has not come, else one being made."""
    day = today()
    later = [version for version in versions if version.state == "published" and version.effective_from > day]
    making = [version for version in versions if version.state in ("draft", "signing")]
    return next(iter(later + making), None)


def settings_sections(version):
    """The settings in plain words, section by section, in the order people ask for them."""
    settings = list(rules.settings_of(version.content))
    by_section = {}
    for row in wording.rows(version.content, settings):
        by_section.setdefault(row.setting.path[0], []).append(row)
    ordered = sorted(
        by_section, key=lambda code: list(wording.SECTIONS).index(code) if code in wording.SECTIONS else 99
    )
    return [
        Section(
            code,
            wording.section_name(code),
            by_section[code],
            sum(row.setting.is_default for row in by_section[code]),
        )
        for code in ordered
    ]


def _section(code, rows):
    return Section(code, wording.section_name(code), rows, sum(row.setting.is_default for row in rows))


def rule_rows(version, clauses):
    """The rules of the pack with the clause each rests on."""
    by_code = {clause.code: clause for clause in clauses}
    known = list(rules.settings_of({name: version.content.get(name, {}) for name in ("rules", "sources")}))
    return [
        RuleRow(
            code=rule["code"],
            title=wording.local(rule, "title"),
            clause=by_code.get(rule.get("clause")),
            effects=[
                EffectLine(effect_in_full(effect), _not_of_the_clause(known, rule["code"], effect))
                for effect in rule.get("effects", [])
            ],
            evidence=str(wording.CODES.get(rule.get("evidence"), "")),
            is_active=rule.get("active", True),
            direction=rule.get("direction", ""),
        )
        for rule in version.content.get("rules", [])
    ]


def _not_of_the_clause(settings, code, effect):
    path = ("rules", code, "effects", effect.get("kind"))
    others = (rules.OUR_DEFAULT, rules.COMPANY)
    own = (one for one in settings if one.path[:4] == path and one.source in others)
    return next((one for one in own if isinstance(one.value, int)), None)


def turn_of(version, steps, user):
    """(the step whose turn it is, may this user sign it now)."""
    if version.state != Version.State.SIGNING:
        return None, False
    step = next((step for step in steps if step.signed_by_id is None), None)
    roles = {grant.role.code for grant in grants_of(user) if grant.role.company_id == version.company_id}
    signed = user.pk in {known.signed_by_id for known in steps}
    return step, step is not None and step.role in roles and not signed


def may_publish(user, version):
    return version.company_id in reach_of(user, "policies.publish").company_ids


def role_table(company):
    """(roles, [(room, [(verb, what it allows, [holds it? per role])])])."""
    roles = list(Role.objects.filter(company=company).order_by("pk"))
    named = sorted({verb for role in roles for verb in role.verbs} | set(known_verbs))
    rooms = {}
    for verb in named:
        held = [verb in role.verbs for role in roles]
        rooms.setdefault(verb.split(".")[0], []).append((verb, known_verbs.get(verb, verb), held))
    order = list(wording.ROOMS)
    ordered = sorted(rooms, key=lambda room: order.index(room) if room in order else len(order))
    return roles, [(wording.ROOMS.get(room, room), rooms[room]) for room in ordered]


def role_name(role):
    return (role.name_en if get_language() == "en" else "") or role.name
