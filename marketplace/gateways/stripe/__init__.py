"""Payments: the protocol, Stripe behind it, and the emulator that answers when there is no key."""
