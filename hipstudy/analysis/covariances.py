"""How values of one runner go together in the mixed model: what a plan may choose.

Each choice is one model and is fitted alone: where the fit fails there is no answer. ``ladder``,
the default, tries models in turn, as ``mixed`` has it, and says why each was left.
"""

LADDER = "ladder"
# What a plan calls it, and the rungs of ``mixed.RUNGS`` that are tried; all of them for the ladder.
COVARIANCES: dict[str, tuple[str, ...]] = {
    LADDER: (),
    # One value a runner and visit, with any covariance of visits.
    "unstructured": ("runner means",),
    # The same, with one variance and one correlation.
    "compound-symmetry": ("runner means, one intercept",),
    # Any covariance of visits between runners, and limbs nested in them.
    "limb-in-runner": ("runner/limb",),
}
COVARIANCE_WORDS = {
    LADDER: "the first that can be fitted: limbs in runners, runners, runners' means",
    "unstructured": "unstructured over visits, of runners' means",
    "compound-symmetry": "compound symmetry over visits, of runners' means",
    "limb-in-runner": "unstructured over visits, of runners, with limbs nested in them",
}
