"""The doors of the marketplace, in the order of their addresses."""

from flask import Blueprint

from marketplace.audit import staff as audit_staff
from marketplace.identity import staff as people_staff
from marketplace.identity import views as people
from marketplace.notifications import views as notices

ALL: list[Blueprint] = [
    people.bp,
    people_staff.bp,
    notices.bp,
    audit_staff.bp,
]
