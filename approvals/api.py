def register(router):
    """Viewsets of this room."""
