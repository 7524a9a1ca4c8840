"""What every staff page's frame needs."""

from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from core.navigation import inbox_for, sidebar_for


def shell(request):
    """Sidebar with counts and the inbox, worked out only when the template asks."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}

    def load():
        items = inbox_for(user, request.company, timezone.now()) if request.company else []
        to_do = [item for item in items if not item.is_information]
        return {"items": to_do, "sidebar": sidebar_for(user, items)}

    return {"shell": SimpleLazyObject(load)}
