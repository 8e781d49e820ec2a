"""The doors of the marketplace, in the order of their addresses."""

from flask import Blueprint

ALL: list[Blueprint] = []
