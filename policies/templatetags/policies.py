"""Names in the reader's language, and where a setting's number comes from."""

from django import template
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from policies.wording import source_text

register = template.Library()


@register.filter
def titled(document, style=""):
    """The document's title; with 'book' in Chinese book-title marks."""
    if get_language() == "en" and document.title_en:
        return document.title_en
    return f"《{document.title}》" if style == "book" else document.title


@register.filter
def named(thing):
    return (thing.name_en if get_language() == "en" else "") or thing.name


@register.filter
def step_name(step):
    if step is None:
        return ""
    return (step.step_en if get_language() == "en" else "") or step.step


@register.simple_tag
def source(setting, clauses):
    """A link to the clause that gives the number, or the words that it is ours to be checked."""
    if setting.is_default:
        return format_html(
            '<span class="pol-default"><i class="bi bi-sliders" aria-hidden="true"></i>{}</span>',
            _("our default"),
        )
    clause = next((clause for clause in clauses if clause.code == setting.source), None)
    if clause is None:
        return source_text(setting.source)
    return format_html('<a href="#{}">{}</a>', clause.anchor, clause.number)
