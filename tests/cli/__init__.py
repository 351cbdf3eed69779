"""What the command makes of words and answers, over HTTP of a server made of prepared answers."""
