"""Builds the pages of the repository into a site: ``scripts/docs``."""
