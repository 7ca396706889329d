"""Examine a claim about tight hips in runners: model it beside its rivals, and report.

Importing this package is quick and prints nothing: heavy libraries load where they are used.
"""

__version__ = "0.1.0"
