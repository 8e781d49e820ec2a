"""What the workspace does by the clock; each entry sweeps whatever is due."""

from marketplace.outbox.worker import Entry

ENTRIES: list[Entry] = [Entry("reviews.deadlines", "* * * * *")]
