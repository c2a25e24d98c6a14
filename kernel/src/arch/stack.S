# The kernel's stack and the one for its last words, of as many bytes as stack.rs says.

    .section .noinit.stack, "aw", @nobits
    .balign 16
    .globl kernel_stack_guard
kernel_stack_guard:                  # a pattern here tells of an overflow: stack.rs
    .space {size}
    .globl kernel_stack_top
kernel_stack_top:
    .space {last_words}
    .globl panic_stack_top
panic_stack_top:
