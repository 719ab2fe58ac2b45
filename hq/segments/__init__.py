"""Segments that HQ keeps by itself, from what members bought and when."""
