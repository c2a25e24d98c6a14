# _start: the first instruction of every program.
#
# The kernel (or a parent) starts a program with sp 8-byte aligned, argc at 0(sp) and argv at
# 4(sp). The compiler makes a C function `main(argc, argv)` out of the program's `fn main`.
# Should `main` return, the environment destroys itself.

    .section .text.start, "ax", @progbits
    .set    push
    .set    noreorder
    .globl  _start
    .type   _start, @function
_start:
    lw      $a0, 0($sp)             # argc
    lw      $a1, 4($sp)             # argv; load delay of a0: not used here
    addiu   $sp, $sp, -16           # o32: the callee may store its four arguments at 0..12(sp);
                                    # load delay of a1
    jal     main
    move    $fp, $zero              # delay slot: debuggers stop their backtrace at frame 0

    li      $a0, {ENV_DESTROY}
    move    $a1, $zero              # 0: this environment
    syscall                         # does not come back
    break                           # and if it did, this would end us too
    .size   _start, . - _start
    .set    pop
