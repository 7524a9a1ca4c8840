"""A form field in the house look; allauth's forms come with bare widgets."""

from django import template

register = template.Library()


@register.filter
def control(field):
    attrs = {"class": "form-control", "placeholder": ""}
    if field.errors:
        attrs |= {"aria-invalid": "true", "aria-describedby": f"{field.id_for_label}-error"}
        attrs["class"] += " is-invalid"
    return field.as_widget(attrs=attrs)
