"""Statements of experts and companies, and what tax offices ask: the books read aloud, nothing is moved."""
