"""Timing: can somebody tell two kinds of request apart by the processor time they take?"""

import gc
import time

PLAIN = 0.2  # so far from a half no chance leads: more samples would say the same


def classified(known, unknown):
    """The chance that a classifier which knows only the times ranks a pair right (AUC): 0.5 tells nothing.

    Mann and Whitney’s U over both samples: classified([2, 3], [1, 2]) == 0.875, the tie counts half.
    """
    ranks = _ranks([*known, *unknown])
    return (sum(ranks[: len(known)]) - len(known) * (len(known) + 1) / 2) / (len(known) * len(unknown))


def _ranks(numbers):
    """The place of each number in their order; equal ones share the middle of theirs."""
    order = sorted(range(len(numbers)), key=numbers.__getitem__)
    ranks, start = [0.0] * len(numbers), 0
    while start < len(order):
        end = start
        while end < len(order) and numbers[order[end]] == numbers[order[start]]:
            end += 1
        for place in order[start:end]:
            ranks[place] = (start + 1 + end) / 2
        start = end
    return ranks


def interleaved(calls, count, rng):
    """Processor seconds of so many rounds of each call, the order within a round by chance: what slows the machine
    down meets all of them alike, and what others do on it is not counted.
    """
    seconds = [[] for _ in calls]
    gc.collect()
    gc.disable()  # its pauses are long, and would meet some requests only
    try:
        for _ in range(count):
            for which in rng.sample(range(len(calls)), len(calls)):
                began = time.thread_time()
                calls[which]()
                seconds[which].append(time.thread_time() - began)
    finally:
        gc.enable()
    return seconds


def tells_apart(known, unknown, count, allowed, rng, rounds=4):
    """(AUC, samples of each) of two calls; where chance strays beyond `allowed`, as many samples are taken again.

    One request in a hundred strays by chance alone with 500 samples; a difference that is there stays.
    """
    seconds = ([], [])
    for _ in range(rounds):
        for kept, more in zip(seconds, interleaved((known, unknown), count, rng), strict=True):
            kept += more
        found = classified(*seconds)
        if abs(found - 0.5) <= allowed or abs(found - 0.5) > PLAIN:
            break
    return found, len(seconds[0])
