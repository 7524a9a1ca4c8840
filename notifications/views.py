from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.access import require
from notifications import services
from notifications.models import Message

PAGE = 30


@require("core.home")
def messages_page(request):
    mine = Message.objects.inbox_of(request.user)
    unread = mine.filter(read_at=None).count()
    page = Paginator(mine, PAGE).get_page(request.GET.get("page"))
    return render(request, "notifications/messages.html", {"page": page, "unread": unread})


@require("core.home")
@require_POST
def read(request, pk):
    """Mark one message read and go where it points."""
    message = get_object_or_404(Message.objects.inbox_of(request.user), pk=pk)
    services.mark_read(request.user, message.pk, at=timezone.now())
    return redirect(
        message.url if message.url.startswith("/") and not message.url.startswith("//") else "messages"
    )


@require("core.home")
@require_POST
def read_all(request):
    services.mark_all_read(request.user, at=timezone.now())
    return redirect("messages")
