# Frames as a whole. The longest loops of the kernel, so each turn does 32 words.

    .section .text, "ax"
    .set  noreorder
    .set  noat

# Fills the frame at a0 with zeros.
    .globl zero_frame
zero_frame:
    # exercise 2.5 begin
    # otherwise: jr    $ra
    # otherwise: nop                              # delay slot
    addiu $t0, $a0, 4096             # end
1:  .irp  at, 0,4,8,12,16,20,24,28,32,36,40,44,48,52,56,60
    sw    $zero, \at($a0)
    .endr
    .irp  at, 64,68,72,76,80,84,88,92,96,100,104,108,112,116,120
    sw    $zero, \at($a0)
    .endr
    addiu $a0, $a0, 128
    bne   $a0, $t0, 1b
    sw    $zero, -4($a0)             # delay slot
    jr    $ra
    nop                              # delay slot
    # exercise 2.5 end

# Copies the frame at a0 to the frame at a1.
    .globl copy_frame
copy_frame:
    # exercise 2.5 begin
    # otherwise: jr    $ra
    # otherwise: nop                              # delay slot
    addiu $t0, $a0, 4096             # end
1:  .irp  at, 0,16,32,48,64,80,96,112
    lw    $t1, \at($a0)
    lw    $t2, \at + 4($a0)
    lw    $t3, \at + 8($a0)
    lw    $t4, \at + 12($a0)
    sw    $t1, \at($a1)
    sw    $t2, \at + 4($a1)
    sw    $t3, \at + 8($a1)
    sw    $t4, \at + 12($a1)
    .endr
    addiu $a0, $a0, 128
    bne   $a0, $t0, 1b
    addiu $a1, $a1, 128              # delay slot
    jr    $ra
    nop                              # delay slot
    # exercise 2.5 end
