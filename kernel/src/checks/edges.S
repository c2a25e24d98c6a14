# The first and the last row of what is cleared at boot, where the linker script puts them. Nobody else has them.

    .section .bss_first, "aw", @nobits
    .globl bss_first
bss_first:
    .space 16

    .section .bss_last, "aw", @nobits
    .globl bss_last
bss_last:
    .space 16

    .text
