"""One answer from another system, by the API: the same `external_ref` twice is the same answer."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit.services import record
from core.events import publish
from core.flow import Refused
from core.numbering import numbered
from core.period import SHANGHAI
from organization.selectors import assignment_on
from surveys.models import Answer, AnswerText, Campaign


def record_answer(
    *, campaign, external_ref, answers, submitted_at, by, at, texts=None, mode=None, employee=None, department=None,
    site=None, service_day=None, segment="", weight=None
):  # fmt: skip
    """(answer, was it new). Only open campaigns of external answers take them; Refused names foreign codes."""
    if campaign.kind != Campaign.Kind.EXTERNAL or campaign.state != Campaign.State.OPEN:
        raise Refused(_("Only an open survey of external answers takes answers from other systems."))
    content, texts = campaign.version.parsed, texts or {}
    foreign = content.foreign(answers) + [
        code for code in texts if code not in content.questions or content.questions[code].kind != "text"
    ]
    if foreign:
        raise Refused(
            _("The questionnaire does not know these codes: %s.") % ", ".join(sorted(map(str, foreign))[:20]),
            code="foreign",
            field="answers",
        )
    known = Answer.objects.filter(campaign=campaign, external_ref=external_ref).first()
    if known:
        return known, False
    day = service_day or submitted_at.astimezone(SHANGHAI).date()
    assignment = assignment_on(employee.pk, day) if employee else None
    row = Answer(
        company_id=campaign.company_id,
        campaign=campaign,
        version=campaign.version,
        external_ref=external_ref,
        employee=employee,
        department=department or (assignment.department if assignment else None),
        site=site or (assignment.site if assignment else None),
        service_day=day,
        segment=segment,
        mode=mode or campaign.mode,
        weight=weight,
        submitted_at=submitted_at,
        answers=answers,
    )
    try:
        return _insert(row, texts, by=by, at=at), True
    except IntegrityError:  # the same call a moment earlier; anything else is raised again by the look-up
        return Answer.objects.get(campaign=campaign, external_ref=external_ref), False


@transaction.atomic
def _insert(answer, texts, *, by, at):
    day = answer.submitted_at.astimezone(SHANGHAI).date()
    answer.number = numbered("A", answer.company_id, day, width=6)
    answer.save()
    AnswerText.objects.bulk_create(
        [AnswerText(answer=answer, question=code, text=text) for code, text in texts.items()]
    )
    record("surveys.answer.recorded", answer, by=by, at=at)
    publish("surveys.answer_submitted", answer)
    return answer
