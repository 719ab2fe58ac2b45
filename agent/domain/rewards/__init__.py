"""What a program gives: one file for each reward, so that this folder's listing is the list of them."""
