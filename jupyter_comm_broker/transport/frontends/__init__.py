"""The WebSockets of pages: what a page may send, what is written to it, and what arrived."""
