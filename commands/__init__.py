"""The command line under `flask --app app`: what operators and scripts ask for by name."""

from marketplace.kit.application import Application


def register(app: Application) -> None:
    """Add every command to `flask --app app`."""
