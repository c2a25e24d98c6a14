# The first instructions: a stack, an empty bss, and on to Rust.

    .section .text.start, "ax"
    .set  noreorder
    .set  noat

    .globl _start
_start:
    mtc0  $zero, CP0_STATUS          # interrupts off, BEV off: our vectors are in force
    mtc0  $zero, CP0_CAUSE
    move  $s0, $a0                   # what the boot loader says
    move  $s1, $a1
    move  $s2, $a2
    move  $s3, $a3
    # exercise 1.1 begin
    # otherwise: 1:  b     1b
    # otherwise: nop                              # delay slot
    lui   $t0, %hi(_bss)
    addiu $t0, $t0, %lo(_bss)
    lui   $t1, %hi(_ebss)
    addiu $t1, $t1, %lo(_ebss)
1:  sw    $zero, 0($t0)              # both ends are multiples of 16
    sw    $zero, 4($t0)
    sw    $zero, 8($t0)
    addiu $t0, $t0, 16
    bne   $t0, $t1, 1b
    sw    $zero, -4($t0)             # delay slot
    lui   $t0, %hi(BOOT_REGISTERS)
    addiu $t0, $t0, %lo(BOOT_REGISTERS)
    sw    $s0, 0($t0)
    sw    $s1, 4($t0)
    sw    $s2, 8($t0)
    sw    $s3, 12($t0)
    lui   $sp, %hi(kernel_stack_top)
    addiu $sp, $sp, %lo(kernel_stack_top)
    # exercise 1.1 end
    jal   main                       # #[mips_rt::entry], never returns
    addiu $sp, $sp, -16              # delay slot: o32 argument area

# Stores the registers of the caller at the 39 words that a0 points to, for a panic's report.
    .globl save_registers
save_registers:
    sw    $s0,  64($a0)
    sw    $s1,  68($a0)
    sw    $s2,  72($a0)
    sw    $s3,  76($a0)
    sw    $s4,  80($a0)
    sw    $s5,  84($a0)
    sw    $s6,  88($a0)
    sw    $s7,  92($a0)
    sw    $gp, 112($a0)
    sw    $sp, 116($a0)
    sw    $fp, 120($a0)
    sw    $ra, 124($a0)
    mfc0  $t0, CP0_STATUS
    sw    $ra, TF_EPC($a0)           # load delay of t0
    jr    $ra
    sw    $t0, TF_STATUS($a0)        # delay slot

# Interrupts off; returns what Status was.
    .globl interrupts_off
interrupts_off:
    mfc0  $v0, CP0_STATUS
    li    $t0, -2                    # load delay; IEc (R3000) and IE (MIPS32) are bit 0
    and   $t0, $t0, $v0
    mtc0  $t0, CP0_STATUS
    jr    $ra
    nop                              # delay slot; Status takes effect

# Status as it was.
    .globl interrupts_restore
interrupts_restore:
    mtc0  $a0, CP0_STATUS
    jr    $ra
    nop                              # delay slot; Status takes effect

    .globl read_cause
read_cause:
    mfc0  $v0, CP0_CAUSE
    jr    $ra
    nop                              # delay slot; load delay

    .globl read_prid
read_prid:
    mfc0  $v0, CP0_PRID
    jr    $ra
    nop                              # delay slot; load delay
