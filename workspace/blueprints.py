"""The doors of the workspace, in the order of their addresses."""

from flask import Blueprint

from workspace.exports import views as exports
from workspace.home import views as home
from workspace.practice import views as practice
from workspace.queue import views as queue
from workspace.reviews import views as reviews
from workspace.screenings import views as screenings
from workspace.submissions import views as submissions

ALL: list[Blueprint] = [
    queue.claims,
    queue.questions,
    submissions.bp,
    reviews.bp,
    reviews.appeals,
    reviews.desk,
    reviews.staff,
    reviews.gifts,
    screenings.bp,
    screenings.gradings,
    screenings.plans_bp,
    screenings.staff,
    queue.company,
    submissions.company,
    queue.imports,
    exports.bp,
    practice.bp,
    home.bp,
]
