# Frames as a whole. The longest loops of the kernel, so each turn does 64 or 128 words.

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
1:  .irp  at, 0,32,64,96,128,160,192,224,256,288,320,352,384,416,448
    .irp  word, 0,4,8,12,16,20,24,28
    sw    $zero, \at + \word($a0)
    .endr
    .endr
    .irp  at, 480,484,488,492,496,500,504
    sw    $zero, \at($a0)
    .endr
    addiu $a0, $a0, 512
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
1:  .irp  at, 0,16,32,48,64,80,96,112,128,144,160,176,192,208,224,240
    lw    $t1, \at($a0)
    lw    $t2, \at + 4($a0)
    lw    $t3, \at + 8($a0)
    lw    $t4, \at + 12($a0)
    sw    $t1, \at($a1)
    sw    $t2, \at + 4($a1)
    sw    $t3, \at + 8($a1)
    sw    $t4, \at + 12($a1)
    .endr
    addiu $a0, $a0, 256
    bne   $a0, $t0, 1b
    addiu $a1, $a1, 256              # delay slot
    jr    $ra
    nop                              # delay slot
    # exercise 2.5 end
