"""What is logged of a failure: where it happened and what kind it was, never the values it happened with (CC-4.4).

PostgreSQL repeats the whole row in its errors, and tracebacks can show local variables: both hold people's names and
telephone numbers.
"""

import logging
import re
import traceback

import structlog

#: what the database adds to its sentence, up to the end of that error's text
VALUES = re.compile(
    r"^(?:DETAIL|CONTEXT|HINT|LINE \d+):.*?(?=^(?:The above exception|During handling|Traceback)|\Z)",
    re.DOTALL | re.MULTILINE,
)


def without_values(text):
    return VALUES.sub("(values left out)\n\n", text).rstrip("\n")


def told(exc_info):
    """The traceback as it may be kept and shown: without local variables, without values from the database."""
    return without_values("".join(traceback.format_exception(*exc_info)))


class Formatter(logging.Formatter):
    def formatException(self, ei):
        return told(ei)


def configure():
    """structlog as it is by default, but for tracebacks."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%Y-%m-%d %H:%M:%S", utc=False),
            structlog.processors.ExceptionRenderer(told),
            structlog.dev.ConsoleRenderer(colors=False),
        ]
    )
