"""Numbered documents and statements as PDF: data in, bytes out, the same bytes for the same data.

The text reaches typst as JSON, never pasted into its markup.
"""

import json
from functools import cache
from pathlib import Path

import typst
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from core.flow import Refused
from core.period import SHANGHAI
from core.templatetags.manyi import long_date
from incentives.documents import glyphs
from incentives.models import Notice

HERE = Path(__file__).parent
HONOURS = ("certificate", "commendation")
FONTS = glyphs.FONT.parent


def notice_pdf(notice):
    """A served document as A4, from its frozen text."""
    with translation.override(settings.LANGUAGE_CODE):
        data = {
            "kind": notice.kind,
            "company": notice.company.name,
            "number": notice.number,
            "title": notice.title if notice.kind in HONOURS else notice.get_kind_display(),
            "paragraphs": [line for line in notice.body.split("\n") if line.strip()],
            "receipt": "" if notice.kind in HONOURS else _("Received (signature, date):"),
            "withdrawn": _no_longer(notice),
            "date": long_date(notice.published_at.astimezone(SHANGHAI).date()),
        }
        data["unprintable"] = by_hand(notice.company.name + notice.title + notice.body)
    return compile_pdf("notice.typ", data)


def by_hand(text):
    """A name with a character that the font lacks must not leave the house with a box in it unnoticed."""
    characters = glyphs.missing_in(text)
    if not characters:
        return ""
    codes = "、".join(f"U+{ord(character):04X}" for character in characters)
    return _("The font lacks these characters; write them in by hand: %(codes)s") % {"codes": codes}


def _no_longer(notice):
    """A paper of a decision that no longer holds, or not as it says, tells so; what was served stays readable."""
    decision = notice.decision
    if decision.reversed_at is not None:
        day = long_date(decision.reversed_at.astimezone(SHANGHAI).date())
        return _("Withdrawn on %(day)s") % {"day": day}
    correction = decision.notices.filter(kind=Notice.Kind.CORRECTION).first()
    if correction is None or notice.kind not in (Notice.Kind.LETTER, Notice.Kind.WARNING):
        return ""
    return _("Corrected by %(number)s") % {"number": correction.number}


def compile_pdf(template, data):
    """Bytes of the PDF that a typst file makes of JSON `data`; `template` is a name beside this file, or a path.

    Refused when the fonts are not there, for Chinese would be boxes.
    """
    if not glyphs.FONT.exists():
        raise Refused(_("The fonts for documents are missing on this installation (make setup)."))
    path = HERE / template
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    return typst.compile(path, root=path.parent, font_paths=_fonts(), sys_inputs=inputs)


@cache
def _fonts():
    return typst.Fonts(include_system_fonts=False, font_paths=[FONTS])
