"""What every staff page's frame needs."""

from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from core.navigation import frame_items, inbox_for, sidebar_for


def shell(request):
    """Sidebar with counts, how much is to do and, for pages that list it, what: only when the template asks."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}

    def asked(items_for):
        return items_for(user, request.company, timezone.now()) if request.company else []

    def to_do(items):
        return [item for item in items if not item.is_information]

    def load():
        counted = asked(frame_items)
        items = SimpleLazyObject(lambda: to_do(asked(inbox_for)))
        return {"items": items, "to_do": len(to_do(counted)), "sidebar": sidebar_for(user, counted)}

    return {"shell": SimpleLazyObject(load)}
