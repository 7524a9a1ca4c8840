"""The demo's logins on the sign-in page, only where settings.DEMO says so."""

from django import template
from django.conf import settings

from core import registries

register = template.Library()


@register.simple_tag
def demo_logins():
    """[(password, [(login, who)])]"""
    return [entry() for entry in registries.demo_logins] if settings.DEMO else []
