"""Exports of programs that collect answers: REDCap, Google and Microsoft Forms, Qualtrics."""
