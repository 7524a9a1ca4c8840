from django.urls import path

from notifications.views import messages, outbox, robots, unsubscribe

urlpatterns = [
    path("unsubscribe/<str:token>/", unsubscribe.unsubscribe, name="unsubscribe"),
    path("messages/", messages.messages_page, name="messages"),
    path("messages/read/", messages.read_all, name="messages_read_all"),
    path("messages/settings/", messages.settings_page, name="message_settings"),
    path("messages/<int:pk>/read/", messages.read, name="message_read"),
    path("outbox/", outbox.outbox, name="outbox"),
    path("outbox/retry/", outbox.outbox_retry_all, name="outbox_retry_all"),
    path("outbox/<int:pk>/retry/", outbox.outbox_retry, name="outbox_retry"),
    path("outbox/suspended/<int:pk>/lift/", outbox.suspension_lift, name="suspension_lift"),
    path("robots/", robots.robots, name="robots"),
    path("robots/new/", robots.robot_new, name="robot_new"),
    path("robots/<int:pk>/", robots.robot, name="robot"),
    path("robots/<int:pk>/test/", robots.robot_test, name="robot_test"),
    path("robots/<int:pk>/switch/", robots.robot_switch, name="robot_switch"),
]
