# GXemul's end with a failure, for which it has no register.

    .text
    .set  noreorder
    .set  noat

# Ends the emulation with exit status 1, which GXemul does when an R3000 is asked for the EntryLo1 of later CPUs.
    .globl gxemul_fail
gxemul_fail:
    mtc0  $zero, $3
    jr    $ra                        # this is no GXemul
    nop                              # delay slot
