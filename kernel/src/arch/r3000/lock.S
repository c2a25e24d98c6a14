# What CPUs have between them. An R3000 has no instruction for it. GXemul's machine lets one CPU stop all others (GXemul's source,
# "dev_mp"), and carries out one after the other, in order.

    .section .text, "ax"
    .set  noreorder
    .set  noat

# The machine keeps the program's order. One instruction.
.macro SYNC
    nop
.endm

    .set  MP,          0xb1000000
    .set  WHOAMI,      0x00          # this one
    .set  NCPUS,       0x10          # how many there are, all started
    .set  PAUSE_CPU,   0x50          # all but this one
    .set  UNPAUSE_CPU, 0x60

# All of the n CPUs but this one, which is `me`, go on. i is 0.
.macro UNPAUSE mp, me, n, i
.Lnext\@:
    beq   \i, \me, .Lmine\@
    nop                              # delay slot
    sw    \i, UNPAUSE_CPU(\mp)
.Lmine\@:
    addiu \i, \i, 1
    bne   \i, \n, .Lnext\@
    nop                              # delay slot
.endm

# Has the word at a0 be a2, if it is a1; returns whether it was.
    .globl exchange_word
exchange_word:
    lui   $t1, MP >> 16
    lw    $t4, WHOAMI($t1)
    lw    $t5, NCPUS($t1)            # load delay of t4
    sw    $t4, PAUSE_CPU($t1)        # nobody else goes on
    lw    $t0, 0($a0)
    move  $t3, $zero                 # load delay of t0
    bne   $t0, $a1, 1f
    move  $v0, $zero                 # delay slot
    sw    $a2, 0($a0)
    li    $v0, 1
1:  UNPAUSE $t1, $t4, $t5, $t3
    jr    $ra
    nop                              # delay slot

    .globl sync_memory
sync_memory:
    jr    $ra
    nop                              # delay slot

# What a CPU does while it waits for another one, which gets nowhere before this one's turn is over: it has the cache isolated and
# writes to it, which changes nothing. GXemul knows just these nine instructions, in one page, and counts 1,024 without carrying them
# out: turns are as long as they were, and take its host no time. It does not isolate the cache either, so it keeps what it knows of
# addresses.
    .set  ISC,         0x0001        # of the upper half of Status
    .set  SKIPPED,     1360          # in bytes: three instructions a word, and four
    .balign 64
    .globl pass_turn
pass_turn:
    mfc0  $t0, CP0_STATUS
    lui   $t1, ISC
    or    $t1, $t1, $t0
    lui   $t2, 0x8000
    addiu $t3, $t2, SKIPPED
    mtc0  $t1, CP0_STATUS
    nop
    nop
1:  addiu $t2, $t2, 4
    bne   $t2, $t3, 1b
    sb    $zero, -4($t2)             # delay slot
    nop
    nop
    mtc0  $t0, CP0_STATUS
    jr    $ra
    nop                              # delay slot

# The end of a refill where there are several CPUs. GXemul keeps, for each CPU, what it has made of code in a frame, and drops that when
# this CPU stores to the frame, not when another one does, which may have put another program there meanwhile. So this one stores what is
# there already, with all others paused, as the word may be one that they write. k1 is the entry.
    .section .vectors, "ax"
    .globl refill_anew
refill_anew:
    mtc0  $k1, CP0_ENTRYLO0
    andi  $k0, $k1, 0x200            # V; mtc0 takes effect
    tlbwr
    beq   $k0, $zero, 1f
    srl   $k1, $k1, 12               # delay slot
    sll   $k1, $k1, 12
    lui   $k0, 0x8000
    addu  $k1, $k1, $k0
    sw    $at, CPU_AT($zero)
    sw    $v0, CPU_V0($zero)
    sw    $v1, CPU_V1($zero)
    lui   $at, MP >> 16
    lw    $v0, WHOAMI($at)
    lw    $v1, NCPUS($at)            # load delay of v0
    sw    $v0, PAUSE_CPU($at)        # load delay of v1
    lw    $k0, 0($k1)
    nop                              # load delay
    sw    $k0, 0($k1)
    move  $k0, $zero
    UNPAUSE $at, $v0, $v1, $k0
    lw    $at, CPU_AT($zero)
    lw    $v0, CPU_V0($zero)
    lw    $v1, CPU_V1($zero)
1:  lw    $k0, CPU_K0($zero)
    RETURN_TO_EPC
