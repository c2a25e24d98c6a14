# What a kernel for a floating-point unit has otherwise, on the R3000. Before the vectors: they know of FPU.

    .set  FPU, 1

# Status for user mode has CU1 (bit 29) now, which 16 bits do not reach. Going down by 1 << 15 clears IsC (bit 16) and sets
# bit 15, IM7: no device is behind that one.
.macro WITHOUT_ISC register
    addiu \register, \register, -0x8000
.endm

# Somebody else goes on, whose frame it is, on a way that loads Status from the CPU page.
.macro TAKE_STATUS frame
    lw    $at, TF_USER_STATUS(\frame)
    nop                              # load delay
    sw    $at, CPU_STATUS($zero)
.endm

# Between mtc0 to Status and the first instruction that CU1 lets through: the write is through after two (IDT R30xx manual,
# "Pipeline hazards").
.macro CU1_HAZARD
    nop
    nop
.endm

# All 32 registers; a pair is a double, the even one its lower half.
.macro STORE_ALL
    .irp  n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    swc1  $f\n, 4 * \n($a0)
    .endr
.endm

.macro LOAD_ALL
    .irp  n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    lwc1  $f\n, 4 * \n($a0)          # load delay: nobody computes with it before the program does
    .endr
.endm

# Whether there is a unit: what FIR says is implemented.
.macro UNIT_PRESENT
    UNIT_ON
    cfc1  $v0, $0                    # FIR
    nop                              # load delay
    srl   $v0, $v0, 8
    andi  $v0, $v0, 0xff
    UNIT_OFF
.endm
