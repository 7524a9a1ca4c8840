"""Personal data as those see it who need not know it."""

from django import template

from customers import rules

register = template.Library()
register.filter("masked_name", rules.mask_name)
register.filter("masked_phone", rules.mask_phone)
register.filter("masked_email", rules.mask_email)
