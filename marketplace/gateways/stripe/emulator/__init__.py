"""A payment provider in a file: answers Stripe's SDK as Stripe would, wherever that matters to us.

No real money can be in it.  The state lives in one SQLite file, so that several processes and restarts agree.
"""
