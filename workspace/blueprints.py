"""The doors of the workspace, in the order of their addresses."""

from flask import Blueprint

ALL: list[Blueprint] = []
