"""Expert money going out: earnings, holds, payout accounts, runs and attempts."""
