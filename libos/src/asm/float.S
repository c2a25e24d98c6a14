# The floating-point unit: its registers, and what a program computes with them. The compiler uses none of them. MIPS I, so
# doubles are loaded word by word, the lower one in the even register.

    .section .text.float, "ax", @progbits
    .set    push
    .set    noreorder
    .set    hardfloat

# float_load(registers): f0 to f31 and FCSR from 33 words.
    .globl  float_load
float_load:
    lw      $t0, 128($a0)
    .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    lwc1    $f\n, 4 * \n($a0)       # load delay of t0
    .endr
    ctc1    $t0, $31                # may raise what it says has happened
    jr      $ra
    nop                             # delay slot; FCSR and f31 take effect

# float_store(registers): the same to memory.
    .globl  float_store
float_store:
    cfc1    $t0, $31
    .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    swc1    $f\n, 4 * \n($a0)       # load delay of t0
    .endr
    jr      $ra
    sw      $t0, 128($a0)           # delay slot

# float_add(a, b) and its like: doubles come and go in pairs of integer registers, as everywhere without a unit.
    .macro  operation name, instruction
    .globl  \name
\name:
    mtc1    $a0, $f0
    mtc1    $a1, $f1
    mtc1    $a2, $f2
    mtc1    $a3, $f3
    nop                             # f3 takes effect
    \instruction $f0, $f0, $f2
    mfc1    $v0, $f0
    mfc1    $v1, $f1
    jr      $ra
    nop                             # delay slot; load delay of v1
    .endm

    operation float_add, add.d
    operation float_sub, sub.d
    operation float_mul, mul.d
    operation float_div, div.d

# float_escape(c, limit): how often z = z * z + c goes on from 0 before |z| > 2, at most limit times.
    .globl  float_escape
float_escape:
    lwc1    $f4, 0($a0)             # c
    lwc1    $f5, 4($a0)
    lwc1    $f6, 8($a0)
    lwc1    $f7, 12($a0)
    mtc1    $zero, $f0              # z
    mtc1    $zero, $f1
    mtc1    $zero, $f2
    mtc1    $zero, $f3
    lui     $t0, 0x4010             # 4.0
    mtc1    $zero, $f8
    mtc1    $t0, $f9
    beq     $a1, $zero, 2f
    move    $v0, $zero              # delay slot; f9 takes effect
1:  mul.d   $f10, $f0, $f0          # re * re
    mul.d   $f12, $f2, $f2          # im * im
    mul.d   $f14, $f0, $f2          # re * im
    add.d   $f16, $f10, $f12
    sub.d   $f10, $f10, $f12
    c.lt.d  $f8, $f16
    add.d   $f14, $f14, $f14        # between a comparison and its branch MIPS I wants another instruction
    bc1t    2f
    add.d   $f0, $f10, $f4          # delay slot
    addiu   $v0, $v0, 1
    bne     $v0, $a1, 1b
    add.d   $f2, $f14, $f6          # delay slot
2:  jr      $ra
    nop                             # delay slot

# float_in_slot(word): the word by way of f0, put there in a delay slot.
    .globl  float_in_slot
float_in_slot:
    b       1f
    mtc1    $a0, $f0                # delay slot
1:  nop                             # f0 takes effect
    mfc1    $v0, $f0
    jr      $ra
    nop                             # delay slot; load delay of v0
    .set    pop
