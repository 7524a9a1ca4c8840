"""Tables this room can import."""

from customers.imports.customers import CUSTOMERS
from customers.imports.encounters import ENCOUNTERS

__all__ = ["CUSTOMERS", "ENCOUNTERS"]
