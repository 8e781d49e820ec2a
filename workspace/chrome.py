"""What pages of the marketplace show of the work itself."""

from flask import Flask


def install(app: Flask) -> None:
    """Give templates a look at one real task of a project."""
