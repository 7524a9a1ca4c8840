from django.urls import path

from notifications import views

urlpatterns = [
    path("messages/", views.messages_page, name="messages"),
    path("messages/read/", views.read_all, name="messages_read_all"),
    path("messages/<int:pk>/read/", views.read, name="message_read"),
]
