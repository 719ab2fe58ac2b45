"""Members who bring friends: codes, who brought whom, and what both get for it."""
