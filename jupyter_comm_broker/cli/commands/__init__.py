"""The commands of ``jupyter comms``."""
