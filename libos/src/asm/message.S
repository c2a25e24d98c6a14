# The calls for messages of four words, which have more in registers than o32 has: mos_abi::message. The kernel keeps
# s-registers, gp, sp, fp and ra; a- and t-registers hold what it returns, or anything.

    .section .text.message, "ax", @progbits
    .set    push
    .set    noreorder

# message_general(arguments, answer): msg, with its 14 registers a0 to a3 and t0 to t9 from arguments[0..14]. Returns v0; sender,
# pages and words go to answer[0..6].
    .globl  message_general
    .type   message_general, @function
message_general:
    addiu   $sp, $sp, -8
    sw      $s0, 0($sp)             # our caller wants it back
    move    $s0, $a1
    lw      $a1, 4($a0)
    lw      $a2, 8($a0)
    lw      $a3, 12($a0)
    lw      $t0, 16($a0)
    lw      $t1, 20($a0)
    lw      $t2, 24($a0)
    lw      $t3, 28($a0)
    lw      $t4, 32($a0)
    lw      $t5, 36($a0)
    lw      $t6, 40($a0)
    lw      $t7, 44($a0)
    lw      $t8, 48($a0)
    lw      $t9, 52($a0)
    lw      $a0, 0($a0)             # the last one, as it is where they come from
    nop                             # load delay
    syscall
    sw      $a0, 0($s0)
    sw      $a1, 4($s0)
    sw      $a2, 8($s0)
    sw      $a3, 12($s0)
    sw      $t0, 16($s0)
    sw      $t1, 20($s0)
    lw      $s0, 0($sp)
    jr      $ra
    addiu   $sp, $sp, 8             # delay slot; load delay of s0
    .size   message_general, . - message_general
    .set    pop
