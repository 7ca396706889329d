"""Whether the data of a cohort file could be: eight looks at it, each against chance."""
