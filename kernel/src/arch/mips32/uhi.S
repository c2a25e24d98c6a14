# QEMU's semihosting (MIPS UHI reference manual).

    .text
    .set  noreorder
    .set  noat

# Ends the emulation with exit status a0.
    .globl uhi_exit
uhi_exit:
    li    $t9, 1                     # operation 1: exit
    sdbbp 1
    jr    $ra                        # nobody took it
    nop                              # delay slot
