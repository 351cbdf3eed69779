"""Kernels that outlive their server: left where they run, and adopted by the next server."""
