"""What becomes of members: forgotten and lost cards, members who turn out to be one, households."""
