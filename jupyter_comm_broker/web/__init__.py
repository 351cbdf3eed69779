"""REST: thin tornado handlers over snapshots."""
