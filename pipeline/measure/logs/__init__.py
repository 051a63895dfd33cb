"""Logs: what was said and when, in the forms of the field's scorers.

    simuleval      instances.log, a line a recording: SimulEval, OmniSTEval, SimulStreaming's evaluation
    simulstream    simulstream.jsonl, a line a step: simulstream, OmniSTEval
    segmentation   the reference of long recordings: sentences with their times as YAML, their texts a line each
    resegmented    a line a sentence, after the recording was laid on its reference: OmniSTEval

Each has `write`; the first two and the last have `read`, which gives back what is good and a fault for each line that is
not. `manifests.segmentation` reads the third. The two clocks of these forms are "source heard" and one that counts
compute; how each tool counts it differs (docs/evaluate.md), so our own logs say `"clock": "queue"`: the run's own clock,
with all waiting. Where a log does not say so, its times are taken for work, as its tool means them, and the waiting
of a live system is computed from them.
"""
