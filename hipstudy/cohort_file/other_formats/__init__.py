"""Formats of tables beside CSV and XLSX: other workbooks, statistics programs, JSON."""
