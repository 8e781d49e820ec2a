"""Projects, job postings, rates and versioned guidelines."""
