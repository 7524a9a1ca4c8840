"""Addresses of this room, one module a part."""

from complaints.urls import boards, cases, mailbox, praise, public

urlpatterns = [
    *public.urlpatterns,
    *cases.urlpatterns,
    *praise.urlpatterns,
    *mailbox.urlpatterns,
    *boards.urlpatterns,
]
