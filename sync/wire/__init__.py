"""Messages and journal entries: structures and bytes only, read by the register and by HQ. No I/O."""
