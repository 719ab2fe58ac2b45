"""The screens' parts, each by itself."""
