"""Profiles, specialties, credentials and their verification, tiers."""
