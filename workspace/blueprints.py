"""The doors of the workspace, in the order of their addresses."""

from flask import Blueprint

from workspace.exports import views as exports
from workspace.reviews import views as reviews

ALL: list[Blueprint] = [exports.bp, reviews.bp]
