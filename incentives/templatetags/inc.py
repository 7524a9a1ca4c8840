"""Effects and rules in the reader's language, for templates."""

from django import template

from core.facts import page_of_fact
from incentives import wording

register = template.Library()


@register.filter
def effects(decision):
    """'−3 points for Oct, and an admonishing talk'."""
    return wording.effects_text(decision.effects, decision.counts_for)


@register.filter
def rule_title(rule):
    """The title of a rule, or of its book."""
    return wording.in_language(rule, "title")


@register.filter
def line_detail(line):
    """As what money is paid or taken, and why the line is not the whole effect, or ''."""
    return wording.line_detail(line)


@register.simple_tag
def fact_page(case, reader):
    """Where this reader sees the fact that set the rule off, in the room that keeps it, or ''."""
    return page_of_fact(case.evidence.get("key", ""), reader) if reader else ""


@register.filter
def late(step, at):
    return step.is_late(at)
