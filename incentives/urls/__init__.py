from incentives.urls import decisions

urlpatterns = [*decisions.urlpatterns]
