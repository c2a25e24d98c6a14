# The registers of the floating-point unit, to memory and back, on both CPUs. Interrupts are off.

    .text
    .set  noreorder
    .set  hardfloat

# The kernel has the unit for a moment; t0 is Status as it was, until UNIT_OFF.
.macro UNIT_ON
    mfc0  $t0, CP0_STATUS
    lui   $t1, 0x2000                # CU1; load delay of t0
    or    $t1, $t1, $t0
    mtc0  $t1, CP0_STATUS
    CU1_HAZARD
.endm

.macro UNIT_OFF
    mtc0  $t0, CP0_STATUS            # takes effect before the program goes on: the way there is longer than the hazard
.endm

# Returns 0 if there is no unit.
    .globl fpu_present
fpu_present:
    UNIT_PRESENT
    jr    $ra
    nop                              # delay slot; Status takes effect

# Stores f0 to f31 and FCSR in the 33 words at a0.
    .globl fpu_store
fpu_store:
    UNIT_ON
    cfc1  $t2, $31                   # first: it waits until everything that the program began is finished
    STORE_ALL                        # load delay of t2
    sw    $t2, 128($a0)
    jr    $ra
    UNIT_OFF                         # delay slot

# Loads them from there. That FCSR raises nothing: see fpu_take_cause.
    .globl fpu_load
fpu_load:
    UNIT_ON
    lw    $t2, 128($a0)
    LOAD_ALL                         # load delay of t2
    ctc1  $t2, $31                   # takes effect behind the way to the program
    jr    $ra
    UNIT_OFF                         # delay slot

# Returns FCSR, and clears Cause (bits 17 to 12) in it: ctc1 raises what is in Cause and enabled, in whatever mode.
    .globl fpu_take_cause
fpu_take_cause:
    UNIT_ON
    cfc1  $v0, $31
    lui   $t2, 0x3                   # load delay of v0
    ori   $t2, $t2, 0xf000
    or    $t3, $v0, $t2
    xor   $t3, $t3, $t2
    ctc1  $t3, $31
    jr    $ra
    UNIT_OFF                         # delay slot
