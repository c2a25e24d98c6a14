# What the checks of SAVE_REGS, RESTORE_SOME and the TLB refill need. Interrupts are off.

    .text
    .set  noreorder
    .set  noat

    .set  DUMP,        256           # behind the trapframe: registers as RESTORE_SOME left them, by the trapframe's layout
    .set  KEPT,        512           # what our caller wants back

.macro KEEP
    sw    $s0, KEPT + 0($k1)
    sw    $s1, KEPT + 4($k1)
    sw    $s2, KEPT + 8($k1)
    sw    $s3, KEPT + 12($k1)
    sw    $s4, KEPT + 16($k1)
    sw    $s5, KEPT + 20($k1)
    sw    $s6, KEPT + 24($k1)
    sw    $s7, KEPT + 28($k1)
    sw    $gp, KEPT + 32($k1)
    sw    $sp, KEPT + 36($k1)
    sw    $fp, KEPT + 40($k1)
    sw    $ra, KEPT + 44($k1)
.endm

.macro GO_BACK
    lw    $ra, KEPT + 44($k1)
    lw    $s0, KEPT + 0($k1)
    lw    $s1, KEPT + 4($k1)
    lw    $s2, KEPT + 8($k1)
    lw    $s3, KEPT + 12($k1)
    lw    $s4, KEPT + 16($k1)
    lw    $s5, KEPT + 20($k1)
    lw    $s6, KEPT + 24($k1)
    lw    $s7, KEPT + 28($k1)
    lw    $gp, KEPT + 32($k1)
    lw    $sp, KEPT + 36($k1)
    lw    $fp, KEPT + 40($k1)
    jr    $ra
    nop                              # delay slot; load delay of fp
.endm

# Fills the registers, n with n in each byte changed by exclusive or with a1, hi as t0 and lo as t1, and saves them in
# the trapframe that a0 points to.
    .globl check_save
check_save:
    move  $k1, $a0
    KEEP
    lui   $t0, 0x1a1a
    ori   $t0, $t0, 0x1a1a
    xor   $t0, $t0, $a1
    sw    $t0, CPU_K0($zero)         # as the vector does
    move  $k0, $a1
    .irp  n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,28,29,30,31
    lui   $\n, 0x0101 * \n
    ori   $\n, $\n, 0x0101 * \n
    xor   $\n, $\n, $k0
    .endr
    mthi  $t0
    mtlo  $t1
    SAVE_REGS
    GO_BACK

# Loads the registers from the trapframe that a0 points to, and stores them at DUMP behind it.
    .globl check_restore
check_restore:
    move  $k1, $a0
    KEEP
    RESTORE_SOME
    nop                              # load delay
    .irp  n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,28,29,30,31
    sw    $\n, DUMP + 4 * \n($k1)
    .endr
    mfhi  $v0
    mflo  $v1
    mfc0  $t0, CP0_EPC
    sw    $v0, DUMP + TF_HI($k1)
    sw    $v1, DUMP + TF_LO($k1)
    sw    $t0, DUMP + TF_EPC($k1)
    GO_BACK

# Loads the word at a0 with a1 in at and k0. Returns it, and in v1 what of these changed.
    .globl check_load
check_load:
    move  $at, $a1
    move  $k0, $a1
    lw    $v0, 0($a0)
    xor   $at, $at, $a1              # load delay
    xor   $k0, $k0, $a1
    jr    $ra
    or    $v1, $at, $k0              # delay slot
