"""Facts 1 and 2 of the nine, checked over all rows; each sentence names what is wrong."""

from django.db.models import Count, F

from surveys.content import checksum
from surveys.models import Answer, Invitation, QuestionnaireVersion


def one_answer_per_invitation():
    """Fact 1: a submitted invitation has exactly one answer, and only those have one."""
    submitted = Invitation.State.SUBMITTED
    for pk in Invitation.objects.filter(state=submitted, answer=None).values_list("pk", flat=True):
        yield f"invitation {pk} is submitted but has no answer"
    for pk in (
        Answer.objects.filter(invitation__isnull=False)
        .exclude(invitation__state=submitted)
        .values_list("invitation_id", flat=True)
    ):
        yield f"invitation {pk} has an answer but is not submitted"
    doubled = Answer.objects.filter(invitation__isnull=False).values("invitation").annotate(times=Count("pk"))
    for row in doubled.filter(times__gt=1):
        yield f"invitation {row['invitation']} has {row['times']} answers"
    strangers = Answer.objects.filter(invitation__isnull=False).exclude(campaign=F("invitation__campaign"))
    for pk in strangers.values_list("pk", flat=True):
        yield f"answer {pk} belongs to another campaign than its invitation"


def frozen_versions():
    """Fact 2: published content is what was hashed, and every answer's codes belong to its version."""
    for version in QuestionnaireVersion.objects.exclude(state=QuestionnaireVersion.State.DRAFT):
        if checksum(version.content) != version.checksum:
            yield f"questionnaire version {version.pk} was changed after it was published"
            continue
        yield from _foreign_codes(version)
    for pk in Answer.objects.exclude(version=F("campaign__version")).values_list("pk", flat=True):
        yield f"answer {pk} has another questionnaire version than its campaign"


def _foreign_codes(version):
    content = version.parsed
    rows = Answer.objects.filter(version=version).values_list("pk", "answers").order_by("pk")
    for pk, answers in rows.iterator(chunk_size=2000):
        foreign = content.foreign(answers)
        if foreign:
            yield f"answer {pk} has codes that its questionnaire does not know: {', '.join(foreign)}"
