"""What past work says about an expert, per task type."""
