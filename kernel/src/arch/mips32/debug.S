# Debug Mode (MIPS EJTAG specification, "Debug Mode"), into which a program gets by `sdbbp`.

    .text
    .set  noreorder
    .set  noat

# Leaves Debug Mode, if that is where the CPU is: then returns the address of the `sdbbp`, else a0. The boot ROM's debug
# handler ends in some exception, which does not end the mode; and in it, user mode has the rights of the kernel.
    .globl leave_debug_mode
leave_debug_mode:
    mfc0  $t0, CP0_DEBUG
    sll   $t0, $t0, 1                # DM is bit 30
    bgez  $t0, 1f
    move  $v0, $a0                   # delay slot
    mfc0  $v0, CP0_DEPC
    lui   $t0, %hi(1f)
    addiu $t0, $t0, %lo(1f)
    mtc0  $t0, CP0_DEPC
    ehb
    deret
1:  jr    $ra
    nop                              # delay slot
