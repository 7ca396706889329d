"""Executed notebook to HTML and PDF, and the strict running of notebooks."""
