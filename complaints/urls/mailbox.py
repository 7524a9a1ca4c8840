from django.urls import path

from complaints.views import mailbox

urlpatterns = [
    path("mailboxes/", mailbox.mailboxes, name="mailboxes"),
    path("mailboxes/new/", mailbox.mailbox_new, name="mailbox_new"),
    path("mailboxes/<int:pk>/", mailbox.mailbox, name="mailbox"),
    path("mailboxes/<int:pk>/state/", mailbox.mailbox_state, name="mailbox_state"),
    path("mailboxes/<int:pk>/edit/", mailbox.mailbox_edit, name="mailbox_edit"),
    path("mailboxes/<int:pk>/stop/", mailbox.mailbox_stop, name="mailbox_stop"),
    path("mailboxes/<int:pk>/look/", mailbox.mailbox_look, name="mailbox_look"),
]
