"""The dashboard and the preview of widgets, as web pages."""
