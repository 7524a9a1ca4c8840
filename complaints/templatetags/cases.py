"""State badges, code names and file icons of cases for templates."""

from django import template

from complaints import wording
from core.templatetags.manyi import pill

register = template.Library()
register.filter("capitalised", wording.capitalised)

#: what browsers show in the page
PICTURES = ("image/jpeg", "image/png", "image/webp", "image/gif")


@register.simple_tag
def case_pill(case):
    """The state of a case, the same everywhere."""
    look, icon = wording.look_of(case)
    return pill(case.state, wording.state_name(case), icon=icon, look=look)


@register.filter
def state_name(case):
    return wording.state_name(case)


@register.simple_tag
def code_name(rules, kind, code):
    """Name of a problem, severity or class; a dash where there is none."""
    return wording.code_name(rules, kind, code) or "—"


@register.simple_tag
def next_hint(desk):
    """Who takes the next step, for those who do not."""
    return wording.next_hint(desk.case)


@register.filter
def is_picture(file):
    return file.attachment.content_type in PICTURES


@register.filter
def file_icon(file):
    kind = file.attachment.content_type.partition("/")[0]
    return {"image": "image", "audio": "mic", "video": "camera-video"}.get(kind, "paperclip")


@register.simple_tag
def subject(case, rules):
    """Place and problem of a case."""
    return wording.subject_of(case, rules)


@register.filter
def in_fours(code):
    """'ABCD EFGH': easier to read aloud."""
    return " ".join(code[place : place + 4] for place in range(0, len(code), 4))
