"""The grid that parts lie on: sixteenth steps with an offset in 24ths of a quarter note, four steps a patch.

One scheme for all metres. A step is a sixteenth of the notated quarter, so a 4/4 bar has 16 steps, 3/4 and 6/8 have 12, 5/4
has 20; 12/8 is two bars of 6/8. A note lies `offset` 24ths before or after its step, -2 to 2: triplets and swung eighths
(24ths 8 and 16 of a beat) are step 1 + 2 and step 3 - 2, exactly; what a player is early or late is kept to 24ths.
"""

TICKS = 24  # a quarter note
STEP = 6
STEPS_A_PATCH = 4
BARS = 8
REACH = 2  # largest offset
OFFSETS = 2 * REACH + 1
METRES = ("4/4", "3/4", "6/8", "5/4")
STEPS_A_BAR = {"4/4": 16, "3/4": 12, "6/8": 12, "5/4": 20}
LONGEST = BARS * 20


def place(tick):
    """(step, offset) of a time in 24ths; exactly between two steps belongs to the earlier one."""
    step, over = divmod(tick, STEP)
    return (step, min(over, REACH)) if over <= 3 else (step + 1, over - STEP)


def tick(step, offset):
    """The time in 24ths of a step and its offset."""
    return step * STEP + offset
