"""The register: its domain, its memory and its use cases."""

__version__ = "0.1.0"  # the one place of the version: the package, the journal and `doctor` read it here
