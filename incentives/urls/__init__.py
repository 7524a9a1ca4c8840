from incentives.urls import books, decisions, drafts, hand

urlpatterns = [*decisions.urlpatterns, *drafts.urlpatterns, *books.urlpatterns, *hand.urlpatterns]
