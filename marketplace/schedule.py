"""What the marketplace does by the clock; each entry sweeps whatever is due."""

from marketplace.outbox.worker import Entry

ENTRIES: list[Entry] = [
    Entry("outbox.forget", "17 3 * * *"),
    Entry("identity.forget", "27 3 * * *"),
    Entry("experts.expire", "5 0 * * *"),  # days end at midnight UTC
    Entry("experts.resume_inspections", "25 * * * *"),
    Entry("matching.refit", "50 2 * * *"),
    Entry("matching.read", "20 3 * * *"),  # what no message told of; nothing without a sentence model
    Entry("projects.deadlines", "*/10 * * * *"),
    Entry("applications.lapse", "*/10 * * * *"),
    Entry("applications.digests", "*/5 * * * *"),
    Entry("ledger.reconcile_daily", "0 * * * *"),  # nothing once the one of today is done
    Entry("ledger.verify", "*/10 * * * *"),
    Entry("cases.lapse", "*/10 * * * *"),
    Entry("payouts.mature", "*/5 * * * *"),
    Entry("payouts.unsettled", "*/5 * * * *"),
    Entry("payouts.payday", "0 7 * * *"),  # it looks itself whether payouts go out today
    Entry("payouts.follow_accounts", "10 5 * * *"),
    Entry("billing.sweep", "*/15 * * * *"),
    Entry("billing.funds", "7-57/10 * * * *"),
    Entry("billing.follow", "40 4 * * *"),
    Entry("stripe.sweep", "35 * * * *"),
    Entry("stripe.deliver", "* * * * *"),  # test money: with a key the provider posts its events itself
]
