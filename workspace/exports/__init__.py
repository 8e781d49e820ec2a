"""Training data out: data sets, manifests, checksums."""
