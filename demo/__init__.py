"""The demo shop, and the replay of real baskets through the checkout that the till uses."""
