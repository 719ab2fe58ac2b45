"""Badges, and a leaderboard of those who take part in it."""
