"""The staff's pages: Django's admin with unfold."""
