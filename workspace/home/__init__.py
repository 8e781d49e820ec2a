"""The expert's first page: what is in hand, what came in, which jobs fit, and the steps of a beginner."""
