# Where a CPU begins that another one has started: a stack, and on to Rust.

    .section .text, "ax"
    .set  noreorder
    .set  noat

    .globl secondary_start
secondary_start:
    mtc0  $zero, CP0_STATUS          # as in _start
    mtc0  $zero, CP0_CAUSE
    lui   $sp, %hi(SECONDARY_STACK)
    lw    $sp, %lo(SECONDARY_STACK)($sp)
    nop                              # load delay
    jal   secondary_main             # never returns
    addiu $sp, $sp, -16              # delay slot: o32 argument area
