"""Members, what identifies them, what they agreed to, and whose accounts are whose."""
