"""The version, in one place for the package, the build and the REST self-check."""

__version__ = "0.1.0"
