"""What the workspace does by the clock; each entry sweeps whatever is due."""

from marketplace.outbox.worker import Entry

ENTRIES: list[Entry] = [
    Entry("submissions.deadlines", "* * * * *"),
    Entry("screenings.deadlines", "* * * * *"),
    Entry("reviews.deadlines", "* * * * *"),
    Entry("bonuses.sweep", "2-52/10 * * * *"),
    Entry("workspace.close_finished", "*/5 * * * *"),
    Entry("exports.deadlines", "*/10 * * * *"),
    Entry("quality.count_companies", "10 2 * * *"),
    Entry("submissions.forget", "40 3 * * *"),
]
