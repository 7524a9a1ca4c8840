from django.urls import path

from complaints.views import boards

urlpatterns = [
    path("cases/board/", boards.board, name="case_board"),
    path("cases/export/", boards.export, name="cases_export"),
    path("cases/views/<slug:page>/save/", boards.view_save, name="case_view_save"),
    path("cases/views/<int:pk>/forget/", boards.view_forget, name="case_view_forget"),
]
