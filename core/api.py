from drf_standardized_errors.handler import ExceptionHandler
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.pagination import PageNumberPagination

from core.flow import Refused


class Pages(PageNumberPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500


class Conflict(APIException):
    """A rule says no (409), as on the pages."""

    status_code = status.HTTP_409_CONFLICT


class RefusalHandler(ExceptionHandler):
    """`Refused` has one answer everywhere; the rest as drf-standardized-errors writes it."""

    def convert_known_exceptions(self, exc):
        if isinstance(exc, Refused):
            return Conflict(str(exc.message), code=exc.code)
        return super().convert_known_exceptions(exc)
