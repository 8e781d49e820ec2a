"""`simulate`: a company, experts and reviewers do the whole job over HTTP, as visitors would."""
