"""The evidence chain as a numbered document: the same bytes for the same content, whoever makes it and when.

The number ends with the head of the checksum over everything that is shown; the date is that of the last event.
"""

import hashlib
import json

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from core.period import SHANGHAI
from core.templatetags.manyi import long_date
from incentives.documents import compile_pdf
from reports.documents import steps

TEMPLATE = settings.BASE_DIR / "reports" / "documents" / "why.typ"


def decision_pdf(page, answers):
    """(name, bytes) for a reports.selectors.why.Page; `answers` are {period: [AnswerLine]} as far as one may read."""
    with translation.override(settings.LANGUAGE_CODE):
        return _made(steps.of_decision(page, answers))


def score_pdf(page, answers):
    with translation.override(settings.LANGUAGE_CODE):
        return _made(steps.of_score(page, answers))


def standing_pdf(page, answers):
    with translation.override(settings.LANGUAGE_CODE):
        return _made(steps.of_standing(page, answers))


def _made(content):
    """`content` is plain data without anything of the moment in which it was asked for."""
    as_of = long_date(content.pop("as_of").astimezone(SHANGHAI).date())
    content["as_of"] = _("As of %(day)s") % {"day": as_of}
    checksum = checksum_of(content)
    number = f"{content['number']}-{checksum[:8].upper()}"
    content |= {
        "number": number,
        "checksum": _("Checksum of what is shown (SHA-256): %(checksum)s") % {"checksum": checksum},
    }
    return number, compile_pdf(TEMPLATE, content)


def checksum_of(content):
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
