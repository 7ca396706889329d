"""What has to be asked before anyone does the exercise, and when to stop.

Groin or deep front-of-hip pain in a runner can be a stress fracture of the femoral neck that was
called tight hip flexors, and extension under load raises the force at the front of the hip in a
model (Lewis 2007, row S110 of ``data/evidence.csv``). The list is the project's, not a validated
screening tool: a clinician must review it, which is said to the clinician and not to the runner.
The runner's sentences are the passages ``screening`` and ``stop_rule`` of the template.
"""

from hipstudy.handout.plain_words import Part, part

REVIEW = (
    "The questions and the rule for stopping are the project's own and no validated tool. A "
    "clinician must review this list. It may miss things."
)
QUESTIONS = (
    "groin or deep front-of-hip pain with running, pain on hopping, at night or at rest, a limp, "
    "a sudden rise in training with low energy intake or missed periods, fever, trauma, locking, "
    "hip surgery, being under 18, pregnancy"
)


def screening() -> Part:
    """What keeps a runner from starting; each line is one reason."""
    return part("screening")


def stop_rule() -> Part:
    """When a runner stops at once; each line is one reason."""
    return part("stop_rule")
