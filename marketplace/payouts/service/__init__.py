"""The verbs of money going out."""

from marketplace.payouts.service.earnings import Earned, mature, mature_due, record_earning, release_hold

__all__ = ["Earned", "mature", "mature_due", "record_earning", "release_hold"]
