"""What has to be asked before anyone does the exercise, and when to stop.

Groin or deep front-of-hip pain in a runner can be a stress fracture of the femoral neck that was
called tight hip flexors, and extension under load raises the force at the front of the hip in a
model (Lewis 2007, row S110 of ``data/evidence.csv``). The list is the project's, not a validated
screening tool: a clinician must review it, which is said to the clinician and not to the runner.
"""

BEFORE = "Before you start"
SEE_FIRST = "Do not start if any of these is true. See a doctor or a physio first."
SCREENING = (
    "You have pain in the groin, or deep at the front of the hip, when you run.",
    "It hurts to hop on one leg.",
    "Your hip hurts at night or at rest.",
    "You limp.",
    "You suddenly train much more than before, and you eat too little or have missed periods.",
    "You have a fever.",
    "You had a fall, a blow to the hip, or another injury.",
    "Your hip locks.",
    "You have had hip surgery.",
    "You are under 18.",
    "You are pregnant.",
)
STOP = "When to stop"
STOP_LEAD = "Stop at once and call your physio if:"
STOP_RULE = (
    "pain at the front of the hip is above 2 out of 10 while you do it;",
    "the pain is worse the next morning;",
    "your hip catches;",
    "your back hurts.",
)
COMES_FIRST = "The box “When to stop” always comes first."
REVIEW = (
    "The questions and the rule for stopping are the project's own and no validated tool. A "
    "clinician must review this list. It may miss things."
)
ASKED = (
    "groin or deep front-of-hip pain with running, pain on hopping, at night or at rest, a limp, "
    "a sudden rise in training with low energy intake or missed periods, fever, trauma, locking, "
    "hip surgery, being under 18, pregnancy"
)
