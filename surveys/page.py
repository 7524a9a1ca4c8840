"""The survey page: compiled once per version, language and section into plain text with a few gaps.

What is the same for everybody (nearly all of it) is rendered by the template once per process; the gaps (address,
ticks, words typed, errors, who served) are filled by joining strings. The gaps' values are escaped here.
"""

import math
import re
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from surveys.content import NOT_APPLICABLE
from surveys.entry import LONGEST_TEXT, field_name

GAP = re.compile("\x02([^\x03]*)\x03")
LEAD = re.compile(r"\{(employee|site)\}")
SECONDS_PER_QUESTION = 15
SEPARATOR = "|"

_compiled: dict = {}


@dataclass(frozen=True)
class Page:
    """Alternating fixed text and names of gaps."""

    pieces: tuple

    def fill(self, values):
        pieces = list(self.pieces)
        pieces[1::2] = [values.get(name, "") for name in pieces[1::2]]
        return "".join(pieces)


def render_part(version, index, language, *, base, company, answers, texts, errors=None, nonce="", **names):
    """The HTML of section `index` (from 0). `base` is the address of the survey, `names` may hold employee and site."""
    content = version.parsed
    section = content.sections[index]
    values = _kept(section, answers, texts, language)
    values |= _wrong(section, errors or {}, language)
    values |= {name: escape(text) for name, text in names.items()}
    values |= {
        "base": escape(base),
        "company": escape(company),
        "seal": escape(company[:1]),
        "nonce": escape(nonce),
    }
    return compiled(version, index, language).fill(values)


def compiled(version, index, language):
    key = (version.checksum or version.pk, language, index)
    if key not in _compiled:
        _compiled[key] = _compile(version.parsed, index, language)
    return _compiled[key]


def minutes(questions):
    """Whole minutes that so many questions take."""
    return max(1, math.ceil(questions * SECONDS_PER_QUESTION / 60))


def words(question, language):
    """{value as text: words shown} of a question's answers."""
    english = language == "en"
    if question.kind == "rate5":
        labels = question.labels_en if english else question.labels
        return {str(value): label for value, label in zip(question.values, labels, strict=True)}
    if question.kind == "nps":
        return {str(value): str(value) for value in question.values}
    return {option.code: (english and option.text_en) or option.text for option in question.options}


def in_language(thing, name, language):
    """A field of a question or section in the language, the other one when it has none."""
    return (language == "en" and getattr(thing, f"{name}_en")) or getattr(thing, name)


def _compile(content, index, language):
    section, total = content.sections[index], len(content.sections)
    first = sum(len(earlier.questions) for earlier in content.sections[:index]) + 1
    left = sum(len(later.questions) for later in content.sections[index:])
    lead = escape(in_language(section, "lead", language))
    context = {
        "language": language,
        "lang": "?lang=en" if language == "en" else "?lang=zh-hans",
        "part": index + 1,
        "total": total,
        "is_last": index + 1 == total,
        "minutes": minutes(left),
        "title": in_language(section, "title", language),
        "lead": mark_safe(LEAD.sub(lambda match: f"<b>{_gap(match[1])}</b>", lead)),
        "cards": [_card(question, first + step, language) for step, question in enumerate(section.questions)],
        "longest": LONGEST_TEXT,
        **{name: _gap(name) for name in ("base", "company", "seal", "nonce", "errors")},
    }
    with translation.override(language):
        html = render_to_string("surveys/public/part.html", context)
    return Page(tuple(GAP.split(re.sub(r">\s*\n\s*<", ">\n<", html))))


def _card(question, number, language):
    """What the template needs of one question; ticks, words and errors are gaps."""
    code = question.code
    shown = words(question, language) if question.kind != "text" else {}
    return {
        "code": code,
        "name": field_name(code),
        "kind": question.kind,
        "number": number,
        "text": in_language(question, "text", language),
        "help": in_language(question, "help", language),
        "is_optional": not question.required,
        "na": question.na,
        "ends": in_language(question, "ends", language),
        "choices": [(value, label, _gap("tick", code, value)) for value, label in shown.items()],
        "na_tick": _gap("tick", code, NOT_APPLICABLE),
        **{name: _gap(name, code) for name in ("bad", "error", "aria", "typed", "word")},
    }


def _gap(*names):
    return mark_safe("\x02" + SEPARATOR.join(names) + "\x03")


def _kept(section, answers, texts, language):
    """Gaps for what the customer has chosen and typed so far."""
    values = {}
    for question in section.questions:
        code = question.code
        if code in texts:
            values[f"typed|{code}"] = escape(texts[code])
        if code in answers:
            chosen = answers[code] if isinstance(answers[code], list) else [answers[code]]
            values |= {f"tick|{code}|{value}": " checked" for value in chosen}
            if question.kind == "rate5" and answers[code] != NOT_APPLICABLE:
                values[f"word|{code}"] = escape(words(question, language)[str(answers[code])])
    return values


def _wrong(section, errors, language):
    """Gaps for the messages beside the questions and the summary on top."""
    if not errors:
        return {}
    values = {}
    for code, sentence in errors.items():
        values[f"bad|{code}"] = " is-bad"
        values[f"error|{code}"] = format_html('<p class="my-error" id="e-{}">{}</p>', code, sentence)
        values[f"aria|{code}"] = format_html(' aria-invalid="true" aria-describedby="e-{}"', code)
    wrong = [question for question in section.questions if question.code in errors]
    names = [(question.code, in_language(question, "text", language)) for question in wrong]
    links = format_html_join("", '<li><a href="#q-{}">{}</a></li>', names)
    with translation.override(language):
        title = (
            _("One question still needs you")
            if len(wrong) == 1
            else _("%d questions still need you") % len(wrong)
        )
    values["errors"] = format_html(
        '<div class="my-errors" role="alert" tabindex="-1" id="errors"><b>{}</b><ul>{}</ul></div>',
        title,
        links,
    )
    return values
