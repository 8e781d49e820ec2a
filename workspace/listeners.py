"""Facts of the workspace and who listens: rows only, in the transaction of the fact."""

from marketplace.kit.events import Listeners

LISTENERS: Listeners = {}
