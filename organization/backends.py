from organization.scopes import verbs_of


class RoleBackend:
    """Answers `user.has_perm(verb)` from the role table. Superusers are answered by Django itself."""

    def authenticate(self, request, **credentials):
        return None

    def has_perm(self, user, verb, obj=None):
        return user.is_active and user.is_authenticated and verb in verbs_of(user)
