# msyscall(number, ...): the one door into the kernel.
#
# o32 puts the number in a0, arguments 1 to 3 in a1 to a3 and arguments 4 and 5 at 16(sp) and
# 20(sp), which is exactly where the kernel looks for them. A leaf without a frame of its own, so
# sp is the caller's. The kernel returns behind the syscall with the result in v0; it may have
# changed a- and t-registers, which no caller expects back. Under its other name it is declared to return v1 as well.

    .section .text.msyscall, "ax", @progbits
    .set    push
    .set    noreorder
    .globl  msyscall
    .globl  msyscall_pair
    .type   msyscall, @function
    .type   msyscall_pair, @function
msyscall:
msyscall_pair:
    # exercise 4.1 begin
    # otherwise: break
    # before: syscall
    # before: jr      $ra
    # before: nop                             # delay slot
    syscall
    jr      $ra
    nop                             # delay slot
    # exercise 4.1 end
    .size   msyscall, . - msyscall

# msyscall_message(number, id, value, dstva, message): a call that returns a message in registers. Of the
# arguments only the first three are the kernel's; the last says where to put v1, a0 and a1.

    .globl  msyscall_message
    .type   msyscall_message, @function
msyscall_message:
    syscall
    lw      $t0, 16($sp)            # fifth argument, on the stack
    nop                             # load delay
    sw      $v1, 0($t0)
    sw      $a0, 4($t0)
    jr      $ra
    sw      $a1, 8($t0)             # delay slot
    .size   msyscall_message, . - msyscall_message
    .set    pop
