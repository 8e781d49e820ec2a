"""Endpoints of companies and deliveries to them."""
