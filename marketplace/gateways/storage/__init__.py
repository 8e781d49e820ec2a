"""Files people upload and we make: the protocol and the local disk."""
