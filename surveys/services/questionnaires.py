"""Publish questionnaires; load them from a pack."""

from django.db import transaction
from django.utils.translation import gettext as _

from core.flow import Refused, advance
from surveys.content import ContentError, checksum, frozen, parse_content
from surveys.models import Questionnaire, QuestionnaireVersion


@transaction.atomic
def publish_questionnaire(*, company, code, raw, by, at):
    """The frozen version with this content: the newest when nothing changed, else the next number.

    The version before is superseded; campaigns that use it keep it (fact 2). Refused names what is wrong.
    """
    try:
        content = parse_content(raw)
    except ContentError as wrong:
        sentence = _("The questionnaire %(code)s cannot be published: %(why)s") % {"code": code, "why": wrong}
        raise Refused(sentence) from wrong
    plain = frozen(content)
    digest = checksum(plain)
    questionnaire, _made = Questionnaire.objects.update_or_create(
        company=company, code=code, defaults={"title": content.title, "title_en": content.title_en}
    )
    newest = questionnaire.versions.select_for_update().order_by("-number").first()
    if newest and newest.checksum == digest and newest.state == QuestionnaireVersion.State.PUBLISHED:
        return newest
    version = QuestionnaireVersion.objects.create(
        questionnaire=questionnaire,
        company=company,
        number=newest.number + 1 if newest else 1,
        content=plain,
        checksum=digest,
    )
    for old in questionnaire.versions.filter(state=QuestionnaireVersion.State.PUBLISHED):
        advance(old, QuestionnaireVersion.SUPERSEDE, by=by, at=at)
    return advance(version, QuestionnaireVersion.PUBLISH, by=by, at=at, published_at=at)


def load_questionnaires(pack, version, company, at):
    """Pack loader: publish each of [[questionnaires]]; the same content again changes nothing."""
    for raw in pack.get("questionnaires", []):
        publish_questionnaire(company=company, code=raw.get("code", ""), raw=raw, by=None, at=at)


def current_version(company, code):
    """The published version of a questionnaire; Refused when there is none."""
    found = QuestionnaireVersion.objects.filter(
        company=company, questionnaire__code=code, state=QuestionnaireVersion.State.PUBLISHED
    ).first()
    if found is None:
        raise Refused(_("No questionnaire “%(code)s” is published.") % {"code": code})
    return found
