from allauth.account.adapter import DefaultAccountAdapter


class ClosedSignup(DefaultAccountAdapter):
    """Logins are made with the staff list; nobody signs up."""

    def is_open_for_signup(self, request):
        return False
