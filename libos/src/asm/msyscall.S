# msyscall(number, ...): the one door into the kernel.
#
# o32 puts the number in a0, arguments 1 to 3 in a1 to a3 and arguments 4 and 5 at 16(sp) and
# 20(sp), which is exactly where the kernel looks for them. A leaf without a frame of its own, so
# sp is the caller's. The kernel returns behind the syscall with the result in v0; it may have
# changed a- and t-registers, which no caller expects back.

    .section .text.msyscall, "ax", @progbits
    .set    push
    .set    noreorder
    .globl  msyscall
    .type   msyscall, @function
msyscall:
    syscall
    jr      $ra
    nop                             # delay slot
    .size   msyscall, . - msyscall
    .set    pop
