"""From the fields of a posted page to coded answers, texts and sentences about what is missing. No ORM, no request."""

import unicodedata
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from surveys.content import NOT_APPLICABLE

LONGEST_TEXT = 2000
KEPT_CONTROLS = "\n\t"


@dataclass
class Entry:
    """What one page said: values by question code, cleared questions, and a sentence per question that is wrong."""

    answers: dict = field(default_factory=dict)
    texts: dict = field(default_factory=dict)
    blank: set = field(default_factory=set)
    errors: dict = field(default_factory=dict)

    def merged_into(self, answers, texts):
        """(answers, texts) with this page's values put in and its blank questions taken out."""
        keep = {code: value for code, value in answers.items() if code not in self.blank}
        keep_texts = {code: text for code, text in texts.items() if code not in self.blank}
        return keep | self.answers, keep_texts | self.texts


def field_name(code):
    return f"q-{code}"


def read_section(section, getlist, *, complete=True):
    """Entry of one section; `getlist(name)` gives the posted values. `complete` asks for required answers too."""
    entry = Entry()
    for question in section.questions:
        _read_question(question, getlist(field_name(question.code)), entry, complete)
    return entry


def missing(content, answers, texts):
    """Codes of required questions without an answer, in the questionnaire's order."""
    return [
        code
        for code, question in content.questions.items()
        if question.required and code not in (texts if question.kind == "text" else answers)
    ]


def _read_question(question, posted, entry, complete):
    given = [value for value in dict.fromkeys(posted) if value != ""]
    if question.kind == "text":
        _read_text(question, given, entry)
    elif question.kind == "multi":
        _read_multi(question, given, entry)
    elif given:
        _read_single(question, given, entry)
    else:
        entry.blank.add(question.code)
    if complete and question.required and question.code in entry.blank and question.code not in entry.errors:
        entry.errors[question.code] = ask_for(question)


def _read_single(question, given, entry):
    by_text = {str(value): value for value in question.values}
    if question.na:
        by_text[NOT_APPLICABLE] = NOT_APPLICABLE
    if len(given) > 1:
        entry.errors[question.code] = _("Choose one answer only.")
    elif given[0] not in by_text:
        entry.errors[question.code] = _("Choose one of the answers shown.")
    else:
        entry.answers[question.code] = by_text[given[0]]


def _read_multi(question, given, entry):
    if not given:
        entry.blank.add(question.code)
    elif given == [NOT_APPLICABLE] and question.na:
        entry.answers[question.code] = NOT_APPLICABLE
    elif not set(given) <= set(question.values):
        entry.errors[question.code] = _("Choose among the answers shown.")
    else:
        entry.answers[question.code] = [code for code in question.values if code in given]


def _read_text(question, given, entry):
    text = clean_text("\n".join(given))
    if len(text) > LONGEST_TEXT:
        entry.errors[question.code] = _("Shorten this to %(most)d characters; it has %(length)d now.") % {
            "most": LONGEST_TEXT,
            "length": len(text),
        }
    elif text:
        entry.texts[question.code] = text
    else:
        entry.blank.add(question.code)


def clean_text(text):
    """Without control characters and halves of surrogate pairs, which a database cannot hold."""
    whole = text.replace("\r\n", "\n").encode("utf-8", "replace").decode("utf-8")
    return "".join(
        char for char in whole if char in KEPT_CONTROLS or unicodedata.category(char) != "Cc"
    ).strip()


def ask_for(question):
    """What to do about a question that was left out."""
    if question.kind == "text":
        return _("Write a few words here.")
    if question.kind == "rate5":
        return (
            _("Choose 1–5; if you have not experienced it, “not applicable”.")
            if question.na
            else _("Choose 1–5.")
        )
    if question.kind == "nps":
        return _("Choose 0–10.")
    return _("Choose an answer.")
