"""`staff`: the first administrator of a new house cannot be appointed by anybody else."""

import click
from flask.cli import AppGroup

from commands.setting import one_transaction
from marketplace.identity import queries as identity_queries
from marketplace.identity import service as identity
from marketplace.identity.models import Role
from marketplace.kit import clock, ids

staff = AppGroup("staff", help="Staff and reviewers: add.")
ROLES = [Role.REVIEWER, Role.SUPPORT, Role.OPS, Role.FINANCE, Role.ADMIN]


@staff.command("add")
@click.argument("email")
@click.option("--name", prompt=True, help="The person's name.")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice([r.value for r in ROLES]))
@click.password_option(help="At least 12 characters.")
def add(email: str, name: str, roles: tuple[str, ...], password: str) -> None:
    """Register EMAIL with these roles, or give them to the User who has that address."""
    with one_transaction() as session:
        user = identity_queries.by_email(session, email)
        if user is None:
            user = identity.register(
                session, name=name, email=email, password=password, role=None, form_key=ids.new_id()
            )
        user.email_confirmed_at = user.email_confirmed_at or clock.database_now(session)
        for role in roles:
            identity.grant(session, user, Role(role), by=None)
        click.echo(f"{user.email} is {', '.join(roles)}")
