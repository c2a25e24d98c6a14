# MOS: `make help` says what there is. The work is done by programs of tools/: mos-run and its like.

.DEFAULT_GOAL := help
.PHONY: help run image debug torture grade submit profile build fmt clean setup qemu qemu-gdb gdb handin
# lab 5 begin
.PHONY: disk fsck
# lab 5 end
# teacher begin
.PHONY: test bench fuzz skeleton answers prefixes mutants grade-submission
# teacher end

# What is begun here ends when make does, in whichever way: `exec`, so that make itself is who began it. And it has
# nothing of what the caller exported for others: tools/environment.sh.
override BOUND := exec tools/bound.sh TERM $(shell echo $$PPID) tools/toolchain.sh
override CARGO := $(BOUND) cargo --config Cargo.toml
override BUILT := target/debug
override TOOLS := $(BOUND) $(BUILT)

ifeq ($(wildcard mipsel-mos.json),)
$(error run make in the folder of the tree, or with -C FOLDER)
endif
# What the caller speaks is asked for reports alone, which are read and not built from.
override spoken := $(filter zh%,$(firstword $(value LC_ALL) $(value LC_MESSAGES) $(value LANG)))
# The system's own tools, whatever else the caller has, in a language that every system has.
override export LC_ALL := C.UTF-8
override export PATH := $(if $(PATH),$(PATH):)/usr/local/bin:/usr/bin:/bin
# What is exported for tests that are run by hand is not meant for those of `make test`.
$(foreach name,$(filter MOS_%,$(.VARIABLES)),$(eval unexport $(name)))
.NOTPARALLEL:

define newline


endef
# $(call given,VARIABLE): its value as it stands, if it was given on the command line: what others have exported
# under that name is not meant for us.
given = $(if $(findstring command,$(origin $1)),$(value $1))
$(foreach name,$(.VARIABLES),$(if $(findstring $(newline),$(call given,$(name))),$(error $(name) has more than one line)))
# What can be given there, and what make itself may have from there. An outer make hands down its own variables too.
override variables := MACHINE PROG PRI LOG APPEND DEV MONITOR LAB CHECK ID FORCE SEED ROUNDS OUT LANG
# lab 5 begin
override variables += DISK DEMO IMG
# lab 5 end
# lab smp begin
override variables += CPUS LOCK
# lab smp end
# teacher begin
override variables += FPU SCHED BLESS LIST FILTER FILE UNCONFINED MUTANT SOLVED DEST JOBS ONLY RULES
# teacher end
override known := $(variables) PATH SHELL CURDIR VPATH GNUMAKEFLAGS MFLAGS MAKE% .% -%
is_given = $(findstring command,$(origin $1))
$(if $(filter 0,$(MAKELEVEL)),$(foreach name,$(filter-out $(known),$(.VARIABLES)),$(if $(call is_given,$(name)),\
    $(error make has no variable $(name) here; there are: $(variables)))))
# $(call without,CHARACTERS,TEXT)
without = $(if $1,$(call without,$(wordlist 2,99,$1),$(subst $(firstword $1),,$2)),$2)
override digits := 0 1 2 3 4 5 6 7 8 9
$(foreach name,SEED ROUNDS JOBS,$(if $(call without,$(digits),$(call given,$(name))),\
    $(error $(name)=$(call given,$(name)): that is no number)))
# lab smp begin
override counts := 1 2 3 4 5 6 7 8
override several_goals := help run run-% qemu image debug qemu-gdb torture profile bench grade submit handin grade-submission
$(if $(call given,CPUS),$(if $(filter-out $(counts),$(call given,CPUS))$(word 2,$(call given,CPUS)),\
    $(error CPUS=$(call given,CPUS): a machine has 1 to 8 CPUs)))
$(if $(call given,CPUS),$(foreach goal,$(filter-out $(several_goals),$(MAKECMDGOALS)),\
    $(error `make $(goal)` takes no CPUS: $(if $(filter test prefixes mutants answers,$(goal)),each of its runs \
    has its own number of them,nothing of it depends on how many there are))))
# lab smp end
# A lab may have a name.
$(if $(call without,$(digits) a b c d e f g h i j k l m n o p q r s t u v w x y z,$(call given,LAB)),\
    $(error LAB=$(call given,LAB): that is no number))
# A check is one of a lab.
$(if $(filter grade debug qemu-gdb,$(MAKECMDGOALS)),$(if $(call given,LAB),,$(if $(call given,CHECK),\
    $(error LAB is missing: write which lab CHECK=$(call given,CHECK) is of))))
# $(call flag,VARIABLE,option): --option=value if the variable is given, quoted for the shell.
flag = $(if $(call given,$1),--$2='$(subst ','\'',$(call given,$1))')
# $(call must,GOALS,VARIABLES): each of these goals needs all these variables, which is said before anything is built for it.
must = $(foreach goal,$(filter $1,$(MAKECMDGOALS)),$(foreach name,$2,$(if $(call given,$(name)),,\
    $(error `make $(goal)` needs $(name): `make help` says what it is))))
$(call must,submit handin,LAB ID)
# teacher begin
$(call must,skeleton,LAB DEST)
$(call must,grade-submission,FILE)
# teacher end
machine = $(call flag,MACHINE,machine)
prog = $(call flag,PROG,prog)
boot = $(machine) $(prog) $(call flag,PRI,pri) $(call flag,LOG,log) \
       $(call flag,APPEND,append) $(call flag,DEV,device)
features = $(if $(call given,MONITOR),--monitor)
# lab smp begin
several = $(call flag,CPUS,cpus)
features += $(several) $(call flag,LOCK,lock)
# lab smp end
# teacher begin
most := 1000000000
features += $(if $(call given,FPU),--fpu) $(call flag,SCHED,sched) $(call flag,SEED,seed)
# teacher end
# lab 5 begin
disk = $(call flag,DISK,disk)
# lab 5 end
check = $(call flag,LAB,lab) $(call flag,CHECK,check) $(call flag,SEED,seed)
# lab smp begin
check += $(several)
# lab smp end
report = $(or $(call flag,LANG,language),$(if $(spoken),--language=zh))

help:
	@sed -n 's/^#: \{0,1\}//p' Makefile

#: make run      build, boot and run the system; exits with the system's verdict
# lab 5 begin
#: make disk     make the disk of MACHINE anew, with what is in user/rootfs and the programs
#: make fsck     say what is wrong on the disk IMG
# lab 5 end
#: make image    only write the bootable ELF file OUT, for qemu-system-mipsel -kernel or gxemul
#: make grade    carry out the checks of LAB, or of all labs, and tell the score
#: make submit   grade LAB and pack what ID hands in
#: make torture  run random programs on a kernel that audits itself, until something fails
#: make debug    boot on malta, waiting for gdb; says how to attach it
# teacher begin
#: make test     formatting, lints, host tests, checks of the binaries, tests on both machines
#: make bench    count the instructions that operations cost; table, JSON and chart go to OUT
#: make fuzz     have the file system see disks with anything on them, until something fails
#: make skeleton write the tree that the students of LAB start from to the folder DEST
#: make grade-submission  grade FILE, an archive of `make submit` or a folder of them
#: make answers  write down what the true solution reports in the checks of LAB or all: tests/answers, tests/private/answers
#: make prefixes do the exercises of LAB or all in their order, and see whether each earns its points at once
#: make mutants  make the mistakes of tests/mutants, of LAB or all, and see whether the checks catch them
# teacher end
#: make profile  say in which functions a run of PROG spends its instructions; flame graph in OUT
#: make build    build the kernels and the programs
#: make run-NAME make run PROG=NAME; and by the names that JOS has: qemu is run, qemu-gdb is debug, handin is submit, and
#:               gdb attaches to what qemu-gdb has started
#: make fmt      format the sources
#: make clean    remove everything that was built
#:
#: Variables, on make's command line only (what is exported is for others):
#: MACHINE=malta     QEMU's malta board with a 4Kc (the default)
#: MACHINE=gxemul    GXemul's testmips machine with an R3000
# lab 5 begin
# otherwise: #: PROG=a,b,c        start these instead of init: programs of user/, or paths (with a slash) of ELF files
#: PROG=a,b,c        start these instead of what `make run` starts: programs of user/, or paths (with a slash) of ELF files
# lab 5 end
#: PRI=n,m           their priorities, in time slices; 1 where none is given
#: LOG=debug         what the kernel logs: error, warn, info, debug, trace
#: APPEND="k=v ..."  more words for the kernel's command line
#: DEV=a,b           programs of PROG that may use device registers
#: MONITOR=1         `make run`, `image`, `debug`, `profile`: with the kernel monitor, at Ctrl-], at a break instruction and
#:                   at the end
# lab smp begin
#: CPUS=4            `make run`, `image`, `debug`, `torture`, `profile`: how many CPUs the machine has, 1 to 8; on malta, of
#:                   several, each is a P5600; `make bench`: how fast several are, up to so many. Several are profiled
#:                   on malta only. `make grade`, `submit`, `grade-submission`: how many there are in checks that have no
#:                   disk and are not about a number of CPUs of their own
#: LOCK=ticket       with CPUS=2 or more: the kind of the kernel's lock: tas (the default), ticket, mcs
# lab smp end
# teacher begin
#: FPU=1             as MONITOR=1: for programs that use floating-point registers; on malta with a CPU that has them, QEMU's 24Kf
#: SCHED=stride      the same: by which rule the CPU is given away: mos (the default), priority, stride, lottery
#: SEED=n            the same with SCHED=lottery: which lots are drawn; 0 if it is not given
# teacher end
# lab 5 begin
#: DISK=a.img,b.img  `make run`, `make debug`: these files are the machine's disks, instead of build/MACHINE/disk.img
#: DEMO=1            `make run`, `make debug`: without a disk, the demonstration of what the kernel can do
#: IMG=path          `make fsck`: which disk; that of MACHINE, if not given
# lab 5 end
#: LAB=4             which lab
#: CHECK=cow-store   `make grade LAB=4`: only this check; `make debug LAB=4`: what this check boots
#: ID=20373000       `make submit`: the student's number
#: FORCE=1           `make submit`: pack it even where something speaks against it
#: LANG=zh           `make grade`, `make submit`: the report is in Chinese; en: in English. Without it, as the caller's
#:                   environment or the tree has it
# teacher begin
#: SEED=n ROUNDS=m   `make fuzz`: m disks, from the one with this number on
#: SEED=n            `make grade`: what the checks draw by lot (ids, orders, sizes) is drawn from this number
# teacher end
#: SEED=n ROUNDS=m   `make torture`: m rounds, from the one with this number on
#: OUT=path          where `make image` (build/MACHINE/mos.elf) and `make profile`
#:                   (build/profile/PROG-MACHINE.svg) write; the folder for reports of `make grade`
# teacher begin
#:                   and `make bench` (the folder build/bench); `make disk` (build/MACHINE/disk.img)
#: BLESS=1           `make bench`: what is measured becomes the budget, tests/budgets.toml
#: LIST=ipc_send     `make bench`: only list the instructions of this operation of tests/budgets.toml
#: FILTER=text       `make test`: only run tests with this in their name
#: FILE=path         `make grade-submission`: what was handed in, a file or a folder
#: JOBS=n            `make grade-submission`: archives at a time; as many as there are cores, if not given
#: ONLY=id,id        `make grade-submission`: grade only what these students have handed in
#: RULES=path        `make grade-submission`: deadlines, weights and bonuses of the class
#: UNCONFINED=1      `make grade-submission`: grade without a wall, where this machine cannot have one
#: MUTANT=a,b        `make mutants`: only these; with MACHINE, all on that one
#: SOLVED=1          `make skeleton`: with the true solution filled in
#: LANG=zh           `make skeleton`: holes and reports in Chinese
# teacher end

# lab 5 begin
# otherwise: run: mos-run
# otherwise: 	@$(TOOLS)/mos-run run $(boot) $(features) $(disk)
# Where no programs are asked for, it is the system with its disk.
runner = $(if $(call given,PROG)$(call given,DEMO),mos-run,mos)
run: $(runner)
	@$(TOOLS)/$(runner) run $(boot) $(features) $(disk)

disk: mos
	@$(TOOLS)/mos disk $(machine) $(call flag,OUT,out)

fsck: mos
	@$(TOOLS)/mos fsck -- '$(subst ','\'',$(or $(call given,IMG),build/$(or $(call given,MACHINE),malta)/disk.img))'
# lab 5 end

# What other courses call it.
run-%: override prog = --prog='$(subst ','\'',$*)'
run-%: mos-run
	@$(TOOLS)/mos-run run $(boot) $(features) $(disk)

qemu: run
qemu-gdb: debug
handin: submit

gdb: mos-run
	@$(TOOLS)/mos-run gdb

image: mos-run
	@$(TOOLS)/mos-run image $(boot) $(features) $(call flag,OUT,out)

build: mos-run
	@$(TOOLS)/mos-run build $(machine)

# lab 5 begin
# otherwise: debug: $(if $(call given,CHECK),mos-course,mos-run)
# otherwise: 	@$(TOOLS)/$< debug $(if $(call given,CHECK),$(check),$(boot) $(features))
debug: $(if $(call given,CHECK),mos-course,$(runner))
	@$(TOOLS)/$< debug $(if $(call given,CHECK),$(check),$(boot) $(features) $(disk))
# lab 5 end

torture: mos-torture
	@$(TOOLS)/mos-torture $(machine) $(call flag,SEED,seed) $(call flag,ROUNDS,rounds) $(several)

grade: mos-course
	@$(TOOLS)/mos-course grade $(machine) $(check) $(call flag,OUT,out) $(report)

submit: mos-course
	@$(TOOLS)/mos-course submit $(call flag,LAB,lab) $(call flag,ID,id) $(if $(call given,FORCE),--force) $(several) $(report)

# teacher begin
skeleton: mos-course
	@$(TOOLS)/mos-course skeleton $(call flag,LAB,lab) $(call flag,DEST,dest) $(if $(call given,SOLVED),--solved) $(call flag,LANG,language)

grade-submission: mos-course
	@$(TOOLS)/mos-course $@ $(call flag,FILE,file) $(call flag,OUT,out) $(call flag,SEED,seed) \
	    $(call flag,JOBS,jobs) $(call flag,ONLY,only) $(call flag,RULES,rules) $(if $(call given,UNCONFINED),--unconfined) \
	    $(several)

answers: mos-course
	@$(TOOLS)/mos-course $@ $(call flag,LAB,lab)

prefixes: mos-course
	@$(TOOLS)/mos-course $@ $(machine) $(call flag,LAB,lab)

mutants: mos-course
	@$(TOOLS)/mos-course mutants $(machine) $(call flag,LAB,lab) $(call flag,MUTANT,mutant)

test: mos-tests
	@$(TOOLS)/mos-tests $(machine) $(call flag,FILTER,filter)

# What is given back to malloc is used again at once, and not asked of the system, which takes longer than all the rest.
fuzz: setup
	@$(BOUND) env MALLOC_TRIM_THRESHOLD_=$(most) MALLOC_MMAP_THRESHOLD_=$(most) \
	    MOS_SEED=$(or $(call given,SEED),$$(date +%s)000000) MOS_IMAGES=$(or $(call given,ROUNDS),1$(most)) \
	    cargo --config Cargo.toml test -q -p mos-fs --test host nothing_on_a_disk_does_harm -- --nocapture

bench: mos-measure
	@$(TOOLS)/mos-measure bench $(machine) $(several) $(call flag,OUT,out) $(if $(call given,BLESS),--bless) $(call flag,LIST,list)

# teacher end
profile: mos-measure
	@$(TOOLS)/mos-measure profile $(boot) $(features) $(call flag,OUT,out)

# What does the work. Cargo shows its bar while it builds that; who has no terminal is told, the first time.
programs := mos-run mos-course mos-measure mos-torture
# lab 5 begin
programs += mos
# lab 5 end
# teacher begin
programs += mos-tests
# teacher end
.PHONY: $(programs)
$(programs): setup
	@if [ -t 2 ] && [ "$$TERM" != dumb ]; then export MOS_BAR=1; \
	elif ! [ -e $(BUILT)/$@ ]; then echo 'Building $@' >&2; fi; \
	$(CARGO) build -q -p $@

setup:
	@tools/setup.sh $(filter test debug grade-submission,$(MAKECMDGOALS:qemu-gdb=debug))

fmt: setup
	@$(CARGO) fmt --all

clean:
	@exec tools/clean.sh
