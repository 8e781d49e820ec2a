"""The verbs of exporting: ask for one, build it, freeze it."""

from workspace.exports.service.building import build
from workspace.exports.service.requests import fail, freeze, give_up, request

__all__ = ["build", "fail", "freeze", "give_up", "request"]
