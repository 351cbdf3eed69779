"""Tests in a real browser: an unmodified JupyterLab and Notebook 7 in Chromium."""
