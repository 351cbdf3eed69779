"""``/api/kernels/{kernel_id}/requests`` and below: which cells run, and their output."""
