"""The verbs of money going out."""

from marketplace.payouts.service.earnings import mature, mature_due, record_earning, release_hold

__all__ = ["mature", "mature_due", "record_earning", "release_hold"]
