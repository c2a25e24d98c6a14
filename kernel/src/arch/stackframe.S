# The trapframe (mos_abi::Trapframe), and the registers' way into it and back.

    .set  TF_HI,       132
    .set  TF_LO,       136
    .set  TF_STATUS,   128
    .set  TF_BADVADDR, 140
    .set  TF_CAUSE,    144
    .set  TF_EPC,      148
    .set  TF_PC,       152
    .set  TF_SIZE,     156

# What comes behind it in the kernel's Env: struct Upcall in env/fault.rs.
    .set  TF_HANDLER,    TF_SIZE + 0 # the program's handler for TLB Mod; 0: ask Rust
    .set  TF_XGUARD,     TF_SIZE + 4 # where the guard below its exception stack begins
    .set  TF_XTABLES,    TF_SIZE + 8 # where the TLB refill finds the stack's page table
    .set  TF_XTABLE,     TF_SIZE + 12 # what it adds for the stack's entry
    .set  TF_ENVID,      TF_SIZE + 16 # the environment's id
    # teacher begin
    .set  TF_USER_STATUS, 200        # Status on the way to user mode, in a kernel for a floating-point unit
    # teacher end
    .set  XGUARD,        4096 - 4    # how long the guard is: the page below the stack, but for its first word
    .set  XSTACK_FLAGS,  0x600       # D and V: a writable page and nothing else
    # teacher begin
    .set  XFRAME,        XGUARD + XSTACK_FLAGS     # what handle_mod adds to the frame's address
    # teacher end

# Stores the registers of the interrupted code in the frame that k1 points to. k0 is in the CPU page by
# now; k1 is the kernel's and not kept. Leaves Cause in a0.
.macro SAVE_REGS
    lw    $k0, CPU_K0($zero)
    # exercise 3.13 begin
    # otherwise: nop                              # load delay of k0
    sw    $1,    4($k1)              # load delay of k0
    sw    $2,    8($k1)
    sw    $3,   12($k1)
    sw    $4,   16($k1)
    sw    $5,   20($k1)
    sw    $6,   24($k1)
    sw    $7,   28($k1)
    sw    $8,   32($k1)
    sw    $9,   36($k1)
    sw    $10,  40($k1)
    sw    $11,  44($k1)
    sw    $12,  48($k1)
    sw    $13,  52($k1)
    sw    $14,  56($k1)
    sw    $15,  60($k1)
    sw    $16,  64($k1)
    sw    $17,  68($k1)
    sw    $18,  72($k1)
    sw    $19,  76($k1)
    sw    $20,  80($k1)
    sw    $21,  84($k1)
    sw    $22,  88($k1)
    sw    $23,  92($k1)
    sw    $24,  96($k1)
    sw    $25, 100($k1)
    sw    $k0, 104($k1)
    sw    $28, 112($k1)
    sw    $29, 116($k1)
    sw    $30, 120($k1)
    sw    $31, 124($k1)
    # exercise 3.13 end
    mfc0  $v0, CP0_STATUS
    mfc0  $a0, CP0_CAUSE
    mfc0  $v1, CP0_EPC
    sw    $v0, TF_STATUS($k1)
    mfc0  $v0, CP0_BADVADDR
    sw    $a0, TF_CAUSE($k1)
    sw    $v1, TF_EPC($k1)
    sw    $v0, TF_BADVADDR($k1)
    mfhi  $v0
    mflo  $v1
    sw    $v0, TF_HI($k1)
    sw    $v1, TF_LO($k1)
.endm

# From user mode into the environment's own frame, and onto the kernel stack.
.macro SAVE_ALL
    lw    $k1, CPU_TF($zero)
    nop                              # load delay
    SAVE_REGS
    lw    $sp, CPU_STACK($zero)
.endm

# Stores what a system call keeps, beyond sp and ra, in the frame that k1 points to.
.macro SAVE_KEPT
    sw    $16,  64($k1)
    sw    $17,  68($k1)
    sw    $18,  72($k1)
    sw    $19,  76($k1)
    sw    $20,  80($k1)
    sw    $21,  84($k1)
    sw    $22,  88($k1)
    sw    $23,  92($k1)
    sw    $28, 112($k1)
    sw    $30, 120($k1)
.endm

# Loads all registers but k1 from the frame that k1 points to; EPC too, which the way back reads.
.macro RESTORE_SOME
    # exercise 3.14 begin
    lw    $v0, TF_EPC($k1)
    lw    $v1, TF_LO($k1)
    lw    $a0, TF_HI($k1)
    mtc0  $v0, CP0_EPC
    mtlo  $v1
    mthi  $a0
    lw    $31, 124($k1)
    lw    $30, 120($k1)
    lw    $29, 116($k1)
    lw    $28, 112($k1)
    lw    $k0, 104($k1)
    lw    $25, 100($k1)
    lw    $24,  96($k1)
    lw    $23,  92($k1)
    lw    $22,  88($k1)
    lw    $21,  84($k1)
    lw    $20,  80($k1)
    lw    $19,  76($k1)
    lw    $18,  72($k1)
    lw    $17,  68($k1)
    lw    $16,  64($k1)
    lw    $15,  60($k1)
    lw    $14,  56($k1)
    lw    $13,  52($k1)
    lw    $12,  48($k1)
    lw    $11,  44($k1)
    lw    $10,  40($k1)
    lw    $9,   36($k1)
    lw    $8,   32($k1)
    lw    $7,   28($k1)
    lw    $6,   24($k1)
    lw    $5,   20($k1)
    lw    $4,   16($k1)
    lw    $3,   12($k1)
    lw    $2,    8($k1)
    lw    $1,    4($k1)
    # exercise 3.14 end
.endm
