from django.db import transaction
from django.utils.translation import gettext as _

from core.flow import Refused
from notifications.models import Preferences
from notifications.registries import all_groups


@transaction.atomic
def save_preferences(user, *, email, digest_hour, quiet_from=None, quiet_until=None):
    """How this colleague hears by e-mail. `email` maps codes of groups to choices; fixed groups take none."""
    known = {code for code, group in all_groups() if not group.is_fixed}
    chosen = {code: choice for code, choice in email.items() if code in known}
    if not set(chosen.values()) <= set(Preferences.Choice.values):
        raise Refused(_("Choose one of the three ways."), field="email")
    if (quiet_from is None) != (quiet_until is None):
        raise Refused(_("Give both hours, or neither."), field="quiet_from")
    saved, _made = Preferences.objects.update_or_create(
        user=user,
        defaults={
            "email": chosen,
            "digest_hour": digest_hour,
            "quiet_from": quiet_from,
            "quiet_until": quiet_until,
        },
    )
    return saved
