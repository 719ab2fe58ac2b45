"""What HQ sends down: rows ordered by HQ's commit number."""
