"""What may pass: rights, refusals, and messages that wait until the kernel can be reached."""
