# What changes the entry of one page and is carried out at exception level, without Rust, where all is plain: mem_alloc, mem_map,
# mem_unmap, the page of a message, and the first touch of a page. Plain is what the caller may do, with page tables that are
# there and frames that are at hand. As in shortcuts.S, all is looked at before anything is stored, and whatever else there is
# to it begins anew in Rust.

    .section .vectors, "ax"
    .set  noreorder
    .set  noat

    .set  ENV_PARENT,  {ENV_PARENT}
    .set  ENV_HANDLED, {ENV_HANDLED} # kinds of exceptions that the environment handles itself
    .set  PAGES,       {PAGES}       # in the kernel's state: the arrays
    .set  FREE,        {FREE}
    .set  GROUPS,      {GROUPS}
    .set  FRAMES,      {FRAMES}      # and how long the first two are
    .set  DIRTY,       {DIRTY}       # how many numbers of free frames are at FREE's start
    .set  ZEROED,      {ZEROED}      # and, of those that hold zeros, at its end
    .set  FRESH,       {FRESH}       # the first frame that was never used
    .set  READY,       {READY}       # how many entries of PAGES are in use or ready for it
    .set  PP_REF,      {PP_REF}      # in an entry of PAGES, 12 bytes
    .set  PTE_R,       0x400
    .set  PTE_V,       0x200
    .set  PTE_COW,     0x001
    .set  PTE_ANY,     0x607         # what a program may ask for
    .set  FLOOR,       {DEMAND_FLOOR}
    .set  ROOM,        {USTACKTOP} - FLOOR

# Has `env` be whom `id` names, the caller or a child of its. Changes t0, t1 and t7.
.macro FAMILY id, env
    beq   \id, $zero, 1f
    move  \env, $k1                  # delay slot
    lw    $t0, CPU_SLOTS($zero)
    sll   \env, \id, 22              # load delay of t0
    srl   \env, \env, 14             # the slot * 256
    addu  \env, \env, $t0
    lw    $t0, ENV_ID(\env)
    lw    $t1, ENV_PARENT(\env)      # load delay of t0
    lw    $t7, ENV_ID($k1)           # load delay of t1
    bne   $t0, \id, sys_in_rust      # load delay of t7
    xor   $t1, $t1, $t7              # delay slot
    bne   $t1, $zero, sys_in_rust
    nop                              # delay slot
1:
.endm

# From where the TLB refill walks to the place of the entry for `va`, which is below UTOP.
.macro PLACE walk, va, other, fails
    srl   \other, \va, 22            # load delay of walk
    sll   \other, \other, 2
    addu  \walk, \walk, \other
    lw    \walk, 0(\walk)
    srl   \other, \va, 12            # load delay
    beq   \walk, $zero, \fails       # there is no page table
    sll   \other, \other, 2          # delay slot
    addu  \walk, \walk, \other
.endm

# t1: where the kernel finds what sp points to, and the six words from there on. t6: UTOP. Changes t0, t4 and t5.
.macro STACK_WORDS
    lui   $t6, UTOP >> 16
    sltu  $t0, $sp, $t6
    beq   $t0, $zero, sys_in_rust
    andi  $t4, $sp, 0xfff            # delay slot
    sll   $t0, $sp, 30               # great unless sp is a multiple of 4
    or    $t0, $t0, $t4
    sltiu $t0, $t0, 4096 - 24 + 1
    beq   $t0, $zero, sys_in_rust    # or not all of them are on its page
    lw    $t1, ENV_WALK($k1)         # delay slot
    PLACE $t1, $sp, $t0, sys_in_rust
    lw    $t1, 0($t1)
    lui   $t5, 0x8000                # load delay of t1
    andi  $t0, $t1, PTE_V
    beq   $t0, $zero, sys_in_rust
    addu  $t4, $t4, $t5              # delay slot
    srl   $t1, $t1, 12
    sll   $t1, $t1, 12
    addu  $t1, $t1, $t4
.endm

# t6: a frame that was never used, t1: the next one, which is to be at FRESH then.
.macro FRESH_OR fails
    lw    $t6, FRESH($at)
    lw    $t2, READY($at)            # load delay of t6
    addiu $t1, $t6, 1                # load delay of t2
    sltu  $t2, $t6, $t2
    beq   $t2, $zero, \fails         # there is none, or more of UPAGES comes into use with it
    nop                              # delay slot
.endm

# Says that the entry at t0 may be in use. Changes t2, t6 and t8.
.macro MARK other
    lw    $t2, GROUPS($at)
    sll   $t6, $t0, 1                # load delay of t2
    srl   $t6, $t6, 11
    sll   $t6, $t6, 2                # the table's number * 16, and the word for its entry * 4
    addu  $t6, $t6, $t2
    lw    $t2, 0($t6)
    srl   $t8, $t0, 5                # the bit is the entry's number / 8, modulo 32; load delay of t2
    li    \other, 1
    sllv  \other, \other, $t8
    or    $t2, $t2, \other
    sw    $t2, 0($t6)
.endm

# Loads what a touch has stored, but for what others load.
.macro LOAD_TOUCHED
    lw    $at,   4($k1)
    lw    $v0,   8($k1)
    lw    $a0,  16($k1)
    lw    $a3,  28($k1)
    lw    $t0,  32($k1)
    lw    $t1,  36($k1)
    lw    $t2,  40($k1)
    lw    $t3,  44($k1)
    lw    $t4,  48($k1)
    lw    $t5,  52($k1)
    lw    $t6,  56($k1)
    lw    $t7,  60($k1)
    lw    $t8,  96($k1)
    lw    $t9, 100($k1)
.endm

# mem_unmap(id, va)
    .globl short_unmap
short_unmap:
    lui   $t6, UTOP >> 16
    sltu  $t6, $a2, $t6
    beq   $t6, $zero, sys_in_rust
    move  $t4, $a2                   # delay slot
    FAMILY $a1, $t3
    lw    $t0, ENV_WALK($t3)
    PLACE $t0, $t4, $t6, sys_in_rust
    lw    $t8, 0($t0)
    lw    $at, CPU_KERNEL($zero)     # load delay of t8
    beq   $t8, $zero, changed        # nothing is there, be it in the TLB
    move  $t9, $zero                 # delay slot
    move  $t1, $zero
    b     let_go
    sw    $zero, 0($t0)              # delay slot

# mem_map(srcid, srcva, dstid, dstva, perm)
    .globl short_map
short_map:
    STACK_WORDS
    lw    $t4, 16($t1)
    lw    $t5, 20($t1)               # load delay of t4
    sltu  $t0, $a2, $t6              # load delay of t5
    sltu  $t1, $t4, $t6
    and   $t0, $t0, $t1
    beq   $t0, $zero, sys_in_rust    # one of the addresses is not below UTOP
    move  $t6, $a2                   # delay slot
    FAMILY $a1, $t2
    FAMILY $a3, $t3
    move  $t9, $zero

# Maps at t4 of t3, with the flags t5 asked for, what t2 has at t6. What then is in t9.
map_plain:
    li    $t0, ~PTE_ANY | PTE_V
    and   $t0, $t0, $t5
    lw    $t1, ENV_WALK($t2)
    addiu $t0, $t0, -PTE_V           # load delay of t1
    bne   $t0, $zero, sys_in_rust    # V is missing, or there is a flag that nobody may ask for; delay slot:
    PLACE $t1, $t6, $t0, sys_in_rust
    lw    $t1, 0($t1)
    lw    $t0, ENV_WALK($t3)         # load delay of t1
    andi  $t7, $t1, PTE_V
    beq   $t7, $zero, sys_in_rust    # there is nothing
    andi  $t7, $t5, PTE_R            # delay slot
    beq   $t7, $zero, 1f
    nor   $t7, $t5, $zero            # delay slot
    andi  $t7, $t7, PTE_COW          # who asks for R without COW must have it without COW
    ori   $t7, $t7, PTE_R            # and who asks for R must have it
    and   $t7, $t7, $t1
    xori  $t7, $t7, PTE_R
    bne   $t7, $zero, sys_in_rust    # delay slot:
1:  PLACE $t0, $t4, $t8, sys_in_rust
    lw    $t8, 0($t0)
    lw    $at, CPU_KERNEL($zero)     # load delay of t8
    srl   $t6, $t1, 12               # the frame; load delay of at
    lw    $t7, PAGES($at)
    sll   $a0, $t6, 3                # load delay of t7
    sll   $t2, $t6, 2
    addu  $t7, $t7, $a0
    addu  $t7, $t7, $t2
    lhu   $a0, PP_REF($t7)
    sll   $t1, $t6, 12               # load delay of a0
    or    $t1, $t1, $t5
    addiu $a0, $a0, 1
    srl   $t2, $a0, 16
    bne   $t2, $zero, sys_in_rust    # it is mapped as often as it can be
    xor   $t2, $t8, $t1              # delay slot
    beq   $t8, $zero, put_new
    srl   $t2, $t2, 12               # delay slot
    bne   $t2, $zero, put
    nop                              # delay slot
    b     has_changed                # the same frame in another way: it is mapped as often as before
    sw    $t1, 0($t0)                # delay slot

# mem_alloc(id, va, perm)
    .globl short_alloc
short_alloc:
    li    $t0, ~PTE_ANY | PTE_V | PTE_COW
    and   $t0, $t0, $a3
    addiu $t0, $t0, -PTE_V
    bne   $t0, $zero, sys_in_rust    # as above, and it cannot be copy-on-write
    lui   $t6, UTOP >> 16            # delay slot
    sltu  $t6, $a2, $t6
    beq   $t6, $zero, sys_in_rust
    move  $t4, $a2                   # delay slot
    FAMILY $a1, $t3
    lw    $t0, ENV_WALK($t3)
    PLACE $t0, $t4, $t6, new_table
    lw    $t8, 0($t0)
    lw    $at, CPU_KERNEL($zero)     # load delay of t8
alloc_at:
    move  $t5, $a3                   # load delay of at
    move  $t9, $zero

# Maps a new page at t4 of t3, the place of whose entry is t0, with flags t5. The entry is t8 so far.
new_page:
    lw    $t6, ZEROED($at)
    lw    $t2, FREE($at)             # load delay of t6
    beq   $t6, $zero, fill_frame
    lw    $t7, FRAMES($at)           # delay slot
    addiu $t1, $t6, -1               # load delay of t7
    sw    $t1, ZEROED($at)
    subu  $t7, $t7, $t6
    sll   $t7, $t7, 2
    addu  $t7, $t7, $t2
    lw    $t6, 0($t7)                # the frame
have_frame:
    lw    $t7, PAGES($at)            # load delay of t6
    sll   $t2, $t6, 3                # load delay of t7
    addu  $t7, $t7, $t2
    sll   $t2, $t6, 2
    addu  $t7, $t7, $t2
    sll   $t1, $t6, 12
    or    $t1, $t1, $t5
    beq   $t8, $zero, put_new
    li    $a0, 1                     # delay slot

# The entry at t0 becomes t1, in place of t8, which names another frame. t7 is where its own is counted, a0 how often.
put:
    sw    $t1, 0($t0)
    sh    $a0, PP_REF($t7)
let_go:
    lw    $t2, PAGES($at)
    srl   $t6, $t8, 12               # load delay of t2
    sll   $t7, $t6, 3
    addu  $t7, $t7, $t2
    sll   $t2, $t6, 2
    addu  $t7, $t7, $t2
    lhu   $t2, PP_REF($t7)
    lw    $t8, DIRTY($at)            # load delay of t2
    addiu $t2, $t2, -1
    bne   $t2, $zero, has_changed
    sh    $t2, PP_REF($t7)           # delay slot
    lw    $t2, FREE($at)
    sll   $t7, $t8, 2                # load delay of t2
    addu  $t7, $t7, $t2
    sw    $t6, 0($t7)
    addiu $t8, $t8, 1
    b     has_changed
    sw    $t8, DIRTY($at)            # delay slot

# The same where there was nothing.
put_new:
    sw    $t1, 0($t0)
    sh    $a0, PP_REF($t7)
    MARK  $t7

# The entry of the page t4 of t3 has become t1.
has_changed:
    TLB_PROBE $t4, $t3, $t6, $t2
    bgez  $t6, in_tlb
    nop                              # delay slot
changed:
    bne   $t9, $zero, not_a_call
    move  $v0, $zero                 # delay slot
    .globl has_changed_end
has_changed_end:                     # where there are several CPUs, it goes on at end_aside
    RETURN_FROM_EXCEPTION

# What comes then, for a message and a touch.
not_a_call:
    bgtz  $t9, touched
    move  $t2, $t3                   # delay slot
    lw    $t3, CPU_SLOTS($zero)
    li    $t6, MESSAGE
    b     deliver
    sw    $t5, VIEW_PERM($t9)        # delay slot

# The TLB knows the page.
in_tlb:
    sw    $sp, 116($k1)
    sw    $ra, 124($k1)
    sw    $a1,  20($k1)
    sw    $a2,  24($k1)
    lw    $sp, CPU_STACK($zero)
    lbu   $a1, ENV_TAG($t3)
    lw    $a3, ENV_WALK($t3)
    bne   $t1, $zero, 1f             # load delay of a3
    move  $t6, $t3                   # delay slot
    move  $a3, $zero                 # there is nothing to be put in its place
1:  move  $a0, $t4
    jal   tlb_update
    move  $a2, $t1                   # delay slot
    move  $t3, $t6
    lw    $sp, 116($k1)
    lw    $ra, 124($k1)
    lw    $a1,  20($k1)
    b     changed
    lw    $a2,  24($k1)              # delay slot

# mem_alloc where there is no page table: a new one for somebody who has not run, of whom the TLB holds nothing.
new_table:
    lw    $t0, ENV_TAG($t3)
    lw    $at, CPU_KERNEL($zero)     # load delay of t0
    bne   $t0, $zero, sys_in_rust    # load delay of at
    lw    $t8, ZEROED($at)           # delay slot
    lw    $t2, FREE($at)             # load delay of t8
    sltiu $t0, $t8, 2
    bne   $t0, $zero, sys_in_rust    # the page wants one too
    lw    $t7, FRAMES($at)           # delay slot
    addiu $t1, $t8, -1               # load delay of t7
    sw    $t1, ZEROED($at)
    subu  $t7, $t7, $t8
    sll   $t7, $t7, 2
    addu  $t7, $t7, $t2
    lw    $t8, 0($t7)                # the table's frame
    lw    $t7, PAGES($at)            # load delay of t8
    sll   $t1, $t8, 3                # load delay of t7
    addu  $t7, $t7, $t1
    sll   $t1, $t8, 2
    addu  $t7, $t7, $t1
    li    $t1, 1
    sh    $t1, PP_REF($t7)
    lw    $t7, GROUPS($at)
    sll   $t1, $t8, 4                # load delay of t7
    addu  $t7, $t7, $t1
    sw    $zero,  0($t7)
    sw    $zero,  4($t7)
    sw    $zero,  8($t7)
    sw    $zero, 12($t7)
    lw    $t0, ENV_WALK($t3)
    srl   $t2, $t4, 22               # load delay of t0
    sll   $t1, $t2, 2
    addu  $t0, $t0, $t1
    sll   $t8, $t8, 12
    addiu $t1, $t8, PTE_V
    sw    $t1, -2048($t0)            # the program's half of the directory
    lui   $t1, 0x8000
    addu  $t8, $t8, $t1
    sll   $t2, $t2, 12
    subu  $t7, $t8, $t2
    sw    $t7, 0($t0)                # the refill's
    addiu $t0, $t0, -2048
    MARK  $t1
    srl   $t6, $t4, 12
    sll   $t6, $t6, 2
    addu  $t0, $t7, $t6
    b     alloc_at
    move  $t8, $zero                 # delay slot

# There is no frame of zeros at hand.
fill_frame:
    lw    $t6, DIRTY($at)
    sw    $sp, 116($k1)              # load delay of t6
    beq   $t6, $zero, fresh_frame
    addiu $t6, $t6, -1               # delay slot
    sw    $t6, DIRTY($at)
    sll   $t6, $t6, 2
    addu  $t2, $t2, $t6
    lw    $t6, 0($t2)
fill_this:
    sw    $ra, 124($k1)              # load delay of t6
    lui   $t1, 0x8000
    sll   $a0, $t6, 12
    lw    $sp, CPU_STACK($zero)
    move  $t7, $t0
    .globl call_zero_frame
call_zero_frame:                     # zero_aside where there are several CPUs
    jal   zero_frame                 # changes t0 and a0
    addu  $a0, $a0, $t1              # delay slot
    move  $t0, $t7
    lw    $sp, 116($k1)
    b     have_frame
    lw    $ra, 124($k1)              # delay slot
fresh_frame:
    FRESH_OR no_frame
    b     fill_this
    sw    $t1, FRESH($at)            # delay slot
no_frame:
    beq   $t9, $zero, sys_in_rust
    nop                              # delay slot; what follows is a touch

# It is no plain touch after all.
touch_fails:
    LOAD_TOUCHED
    j     handle_exception
    nop                              # delay slot; load delay
touched:
    LOAD_TOUCHED
    .globl touched_end
touched_end:                         # end_touch where there are several CPUs
    lw    $k0, CPU_K0($zero)
    RETURN_TO_EPC

# mem_copy(srcva, id, dstva, perm)
    .globl short_copy
short_copy:
    STACK_WORDS
    lw    $t5, 16($t1)
    sltu  $t0, $a1, $t6              # load delay of t5
    sltu  $t1, $a3, $t6
    and   $t0, $t0, $t1
    beq   $t0, $zero, sys_in_rust    # one of the addresses is not below UTOP
    li    $t0, ~PTE_ANY | PTE_V | PTE_COW          # delay slot
    and   $t0, $t0, $t5
    addiu $t0, $t0, -PTE_V
    bne   $t0, $zero, sys_in_rust    # as for mem_alloc
    lw    $t9, ENV_WALK($k1)         # delay slot
    PLACE $t9, $a1, $t6, sys_in_rust
    lw    $t9, 0($t9)
    move  $t4, $a3                   # load delay of t9
    andi  $t6, $t9, PTE_V
    beq   $t6, $zero, sys_in_rust    # there is nothing
    srl   $t9, $t9, 12               # delay slot
    FAMILY $a2, $t3
    lw    $t0, ENV_WALK($t3)
    PLACE $t0, $t4, $t6, sys_in_rust
    lw    $t8, 0($t0)
    lw    $at, CPU_KERNEL($zero)     # load delay of t8
    sll   $a0, $t9, 12               # load delay of at
    lw    $t6, DIRTY($at)
    lw    $t2, FREE($at)             # load delay of t6
    beq   $t6, $zero, 1f
    addiu $t6, $t6, -1               # delay slot; load delay of t2
    sw    $t6, DIRTY($at)
    sll   $t6, $t6, 2
    addu  $t2, $t2, $t6
    b     2f
    lw    $t6, 0($t2)                # delay slot
1:  FRESH_OR sys_in_rust
    sw    $t1, FRESH($at)
2:  sw    $sp, 116($k1)              # load delay of t6
    sw    $ra, 124($k1)
    lui   $t1, 0x8000
    addu  $a0, $a0, $t1
    sll   $a1, $t6, 12
    addu  $a1, $a1, $t1
    lw    $sp, CPU_STACK($zero)
    move  $t7, $t0
    .globl call_copy_frame
call_copy_frame:                     # copy_aside where there are several CPUs
    jal   copy_frame                 # changes t0 to t4, a0 and a1
    move  $a2, $t3                   # delay slot
    move  $t0, $t7
    move  $t3, $a2
    move  $t4, $a3
    lw    $sp, 116($k1)
    lw    $ra, 124($k1)
    b     have_frame
    move  $t9, $zero                 # delay slot

# ipc_can_send(id, value, srcva, perm), from short_send: t2 is the receiver, t6 its wait, t9 where programs see it.
send_page:
    li    $t5, MESSAGE
    bne   $t6, $t5, sys_in_rust      # delay slot:
    STACK_WORDS
    lw    $t5, 16($t1)
    lw    $t4, VIEW_DSTVA($t9)       # load delay of t5
    sltu  $t0, $a3, $t6              # load delay of t4
    beq   $t0, $zero, sys_in_rust
    move  $t6, $a3                   # delay slot
    beq   $t4, $zero, sys_in_rust    # the receiver wants no page
    move  $t3, $t2                   # delay slot
    b     map_plain
    move  $t2, $k1                   # delay slot

# TLBL and TLBS, with k0 saved.
handle_touch:
    lw    $k0, CPU_TOUCH($zero)      # what follows, or handle_exception
    lw    $k1, CPU_TF($zero)         # load delay of k0
    jr    $k0
    nop                              # delay slot; load delay of k1

    .globl short_touch
short_touch:
    lw    $k0, ENV_HANDLED($k1)
    nop                              # load delay
    bne   $k0, $zero, handle_exception             # the program may want to know
    mfc0  $k0, CP0_EPC               # delay slot
    nop                              # load delay
    andi  $k0, $k0, 3
    bne   $k0, $zero, handle_exception             # its pc is none
    mfc0  $k0, CP0_BADVADDR          # delay slot
    lui   $k1, FLOOR >> 16           # load delay of k0
    subu  $k0, $k0, $k1
    lui   $k1, ROOM >> 16
    ori   $k1, $k1, ROOM & 0xffff
    sltu  $k0, $k0, $k1
    beq   $k0, $zero, handle_exception             # no page comes on demand there
    lw    $k1, CPU_TF($zero)         # delay slot
    mfc0  $k0, CP0_BADVADDR          # load delay of k1
    sw    $at,   4($k1)
    sw    $v0,   8($k1)
    sw    $a0,  16($k1)
    sw    $a3,  28($k1)
    sw    $t0,  32($k1)
    sw    $t1,  36($k1)
    sw    $t2,  40($k1)
    sw    $t3,  44($k1)
    sw    $t4,  48($k1)
    sw    $t5,  52($k1)
    sw    $t6,  56($k1)
    sw    $t7,  60($k1)
    sw    $t8,  96($k1)
    sw    $t9, 100($k1)
    .globl touch_begin
touch_begin:                         # where there are several CPUs, these two are at the end of several_touch
    lw    $t0, ENV_WALK($k1)
    move  $t4, $k0                   # load delay of t0
touch_goes_on:
    PLACE $t0, $t4, $t6, touch_fails
    lw    $t8, 0($t0)
    lw    $at, CPU_KERNEL($zero)     # load delay of t8
    bne   $t8, $zero, touch_fails    # there is a page by now; load delay of at
    move  $t3, $k1                   # delay slot
    li    $t5, PTE_R | PTE_V
    b     new_page
    li    $t9, 1                     # delay slot
