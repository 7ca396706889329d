"""Trials that are not two groups of people side by side: each design its question and its model."""
