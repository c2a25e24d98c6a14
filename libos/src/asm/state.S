# msyscall_words(number, a, b, words): a call with up to two arguments that returns more than v0: v1, a0, a1 and a2 go to
# words[0..4].

    .section .text.state, "ax", @progbits
    .set    push
    .set    noreorder
    .globl  msyscall_words
    .type   msyscall_words, @function
msyscall_words:
    sw      $a3, 12($sp)            # o32: where our caller keeps room for it
    syscall
    lw      $t0, 12($sp)
    nop                             # load delay
    sw      $v1, 0($t0)
    sw      $a0, 4($t0)
    sw      $a1, 8($t0)
    jr      $ra
    sw      $a2, 12($t0)            # delay slot
    .size   msyscall_words, . - msyscall_words
    .set    pop
