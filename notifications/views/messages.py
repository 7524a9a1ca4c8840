from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Max
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.access import require
from core.flow import Refused
from core.numbering import id_in
from notifications import timing
from notifications.forms import PreferencesForm
from notifications.models import Message
from notifications.services import mark_all_read, mark_read
from notifications.services.preferences import save_preferences

PAGE = 30


@require("core.home")
def messages_page(request):
    mine = Message.objects.inbox_of(request.user)
    unread = mine.filter(read_at=None)
    is_unread = request.GET.get("show") == "unread"
    context = {
        "page": Paginator(unread if is_unread else mine, PAGE).get_page(request.GET.get("page")),
        "unread": unread.count(),
        "newest": mine.aggregate(newest=Max("pk"))["newest"],
        "is_unread": is_unread,
    }
    return render(request, "notifications/messages.html", context)


@require("core.home")
@require_POST
def read(request, pk):
    """Mark one message read and go where it points."""
    message = get_object_or_404(Message.objects.inbox_of(request.user), pk=pk)
    mark_read(request.user, message.pk, at=timezone.now())
    return redirect(
        message.url if message.url.startswith("/") and not message.url.startswith("//") else "messages"
    )


@require("core.home")
@require_POST
def read_all(request):
    mark_all_read(request.user, at=timezone.now(), until=id_in(request.POST.get("until", "")))
    return redirect("messages")


@require("core.home")
@require_http_methods(["GET", "HEAD", "POST"])
def settings_page(request):
    """How one hears by e-mail; the messages in the application always come."""
    form = PreferencesForm(request.POST or None, preferences=timing.preferences_of(request.user))
    if request.method == "POST" and form.is_valid():
        try:
            save_preferences(request.user, **form.chosen)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            messages.success(request, _("Saved. It holds from the next message on."))
            return redirect("message_settings")
    context = {"form": form, "has_address": bool(request.user.email)}
    return render(request, "notifications/settings.html", context, status=422 if form.errors else 200)
