"""Holdouts compared at HQ, and pilots in some stores beside the others."""
