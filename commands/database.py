"""`db`: bring the database to the newest revision, or look where it stands."""

from alembic import command
from alembic.config import Config
from flask.cli import AppGroup

from commands.setting import wired
from config.settings import ROOT, Settings

db = AppGroup("db", help="The database: upgrade, current, check.")


def _config() -> Config:
    config = Config(str(ROOT / "migrations" / "alembic.ini"))
    settings: Settings = wired(Settings)
    config.attributes["url"] = settings.database_url
    return config


def bring_up_to_date() -> None:
    """Run the revisions the database has not seen; nothing happens when there are none."""
    command.upgrade(_config(), "head")


@db.command("upgrade")
def upgrade() -> None:
    """Bring the database of DATABASE_URL to the newest revision; safe to repeat."""
    bring_up_to_date()


@db.command("current")
def current() -> None:
    """Print the revision the database stands at."""
    command.current(_config())


@db.command("check")
def check() -> None:
    """Fail when the tables differ from the models."""
    command.check(_config())
