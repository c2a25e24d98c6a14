# What a kernel for a floating-point unit has otherwise, on MIPS32. Before the vectors: they know of FPU.

    .set  FPU, 1

# Each environment has a Status of its own, so that the unit is there for its owner alone and a switch need not see to
# that: it is one load, as it is from the CPU page.
.macro LOAD_STATUS register
    lw    \register, TF_USER_STATUS($k1)
.endm

# The same where the state is that of an exception, and somebody else goes on: the frame is theirs.
.macro TAKE_STATUS frame
    lw    $at, TF_USER_STATUS(\frame)
    mtc0  $at, CP0_STATUS            # long before eret
.endm

# Between mtc0 to Status and the first instruction that CU1 lets through (MIPS32 PRA, "CP0 Hazards"; ehb is a nop before
# Release 2, where it takes four).
.macro CU1_HAZARD
    ssnop
    ssnop
    ssnop
    ehb
.endm

# All 32 registers, in pairs: Status.FR is 0, so f0 and f1 are one of 64 bits, the even one in its lower half.
.macro STORE_ALL
    .irp  n, 0,2,4,6,8,10,12,14,16,18,20,22,24,26,28,30
    sdc1  $f\n, 4 * \n($a0)
    .endr
.endm

.macro LOAD_ALL
    .irp  n, 0,2,4,6,8,10,12,14,16,18,20,22,24,26,28,30
    ldc1  $f\n, 4 * \n($a0)
    .endr
.endm

# Whether there is a unit: Config1.FP.
.macro UNIT_PRESENT
    mfc0  $v0, CP0_CONFIG, 1
    andi  $v0, $v0, 1
.endm
