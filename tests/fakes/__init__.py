"""What stands for a real thing in tests, each held to the real one by a contract test here."""
