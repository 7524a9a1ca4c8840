from django.urls import path

from approvals.views import batch, committees, votes

urlpatterns = [
    path("votes/", votes.votes, name="votes"),
    path("votes/batch/", batch.batch, name="votes_batch"),
    path("votes/<int:pk>/", votes.motion, name="motion"),
    path("votes/<int:pk>/cast/", votes.cast, name="vote_cast"),
    path("votes/<int:pk>/recuse/", votes.recuse, name="vote_recuse"),
    path("votes/<int:pk>/stand-in/", votes.name_stand_in, name="vote_stand_in"),
    path("committees/", committees.committees, name="committees"),
    path("committees/<int:pk>/", committees.committee, name="committee"),
    path("committees/<int:pk>/members/", committees.add_member, name="committee_add"),
    path("memberships/<int:pk>/end/", committees.end_member, name="membership_end"),
]
