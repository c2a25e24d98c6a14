//! The kernel monitor: what is typed, and what is seen and changed by it.

use core::ops::Range;

use mos_abi::Sysno::*;
use mos_abi::exceptions::Exceptions;
use mos_abi::layout::{PAGE_SIZE, UTEXT, UXSTACKTOP};
use mos_abi::package::Symbol;
use mos_abi::{PteFlags, pte};
use mos_audit::Entry;
use mos_core::Outcome;
use mos_core::env::rule::Rule;
use mos_core::machine::{Frame, Machine};
use mos_monitor::{Leave, Monitor, PARTS, Place, Target, Why};

use proptest::prelude::*;

use super::{FREE_PAGE, V, VR, VRC};
use crate::program::DATA;
use crate::rig::Rig;
use crate::sim::{Sim, Tlb};

impl<const ASIDS: u32, R: Rule, const STEPS: u32> Target for Sim<ASIDS, R, STEPS> {
    fn key(&mut self) -> Option<u8> {
        self.get()
    }

    fn physical(&mut self, pa: u32) -> Option<u32> {
        let map = self.memory_map();
        let frame = Frame::new(pa / PAGE_SIZE);
        let known = map.first_free..map.end;
        known
            .contains(&frame)
            .then(|| self.ram.words(frame)[(pa % PAGE_SIZE / 4) as usize])
    }

    fn tlb(&mut self, tell: impl FnMut(Entry)) {
        self.tlb.iter().for_each(tell);
    }

    fn symbol(&self, address: u32) -> Option<Symbol<'static>> {
        (address >= 0x8000_0000).then_some(Symbol {
            address: 0x8000_0000,
            name: "start",
        })
    }

    fn callers(&self, place: Place, tell: impl FnMut(u32)) {
        [place.pc, place.ra].into_iter().for_each(tell);
    }

    fn parts(&self) -> [(&'static str, Range<u32>); PARTS] {
        core::array::from_fn(|_| ("part", 0..16))
    }

    fn cpus(&self) -> (usize, &'static str) {
        (self.tlbs_elsewhere.len().max(1), "kind")
    }

    fn hold_others(&mut self) {
        self.held.clone_from(&self.tlbs_elsewhere);
        self.tlbs_elsewhere.iter_mut().for_each(Tlb::flush);
    }

    fn tlb_of(&mut self, number: usize, tell: impl FnMut(Entry)) {
        self.held[number].iter().for_each(tell);
    }
}

/// What the monitor says to what is typed, without the lines as they were typed; and how it is left.
fn says(rig: &mut Rig, monitor: &mut Monitor, why: Why, typed: &str) -> (String, Leave) {
    rig.machine().input.extend(typed.bytes());
    rig.machine().take_output();
    let leave = monitor.enter(&mut rig.kernel, why);
    assert_eq!(rig.machine().input.len(), 0, "all of it is read");
    let output = rig.output();
    let lines = output.lines().filter(|line| !line.contains("K> "));
    (
        lines.skip(2).map(|line| format!("{line}\n")).collect(),
        leave,
    )
}

/// The same for a key and one line.
fn line(rig: &mut Rig, typed: &str) -> String {
    let (said, leave) = says(rig, &mut Monitor::new(), Why::Key, &format!("{typed}\r"));
    assert_eq!(leave, Leave::Halt, "nothing more will be typed");
    said
}

/// What a terminal shows of a line that was written like this.
fn on_screen(written: &str) -> String {
    let (mut shown, mut at) = (Vec::new(), 0);
    let mut chars = written.chars();
    while let Some(char) = chars.next() {
        match char {
            '\r' => at = 0,
            '\x1b' => {
                let sequence = chars.as_str();
                let len = sequence.find(['K', 'D']).expect("one that is known");
                match &sequence[..=len] {
                    "[K" => shown.truncate(at),
                    left => at -= left[1..len].parse::<usize>().expect("a number"),
                }
                chars = sequence[len + 1..].chars();
            }
            char => {
                shown.splice(at..shown.len().min(at + 1), [char]);
                at += 1;
            }
        }
    }
    shown.into_iter().collect()
}

/// Typed bytes, and the line that they make.
#[test]
fn a_line_is_edited_with_the_keys_of_every_shell() {
    for (typed, line) in [
        ("abc", "abc"),
        ("abc\x1b[D\x1b[DX", "aXbc"),
        ("bc\x01a\x05d", "abcd"),
        ("bc\x1b[Ha\x1b[Fd", "abcd"),
        ("bc\x1bOHa\x1b[4~d", "abcd"),
        ("abcx\x7f", "abc"),
        ("abcx\x08", "abc"),
        ("xabc\x1b[1~\x1b[3~", "abc"),
        ("ab cd\x17ef", "ab ef"),
        ("ab cd  \x17ef", "ab ef"),
        ("abcd\x02\x02\x0b", "ab"),
        ("abcd\x02\x02\x15", "cd"),
        ("abcd\x02\x06e", "abcde"),
        ("a\x01\x02\x02\x7f\x1b[Db", "ba"),
        ("a\x06\x06\x1b[C\x04b", "ab"),
        ("a\x00\x1d\x1b[99;7~\x1bxb\u{e9}", "ab"),
    ] {
        let mut rig = Rig::new();
        rig.machine()
            .input
            .extend(b"nonsense\x03".iter().chain(typed.as_bytes()).chain(b"\r"));
        Monitor::new().enter(&mut rig.kernel, Why::Key);
        let output = rig.output();
        let lines: Vec<&str> = output.lines().filter(|line| line.contains("K> ")).collect();
        // Behind the one that was given up.
        let [_, edited, ..] = lines[..] else {
            panic!("{lines:?}")
        };
        assert_eq!(on_screen(edited), format!("K> {line}"), "{typed:?}");
    }
}

#[test]
fn a_line_is_never_longer_than_it_may_be() {
    let mut rig = Rig::new();
    let said = line(&mut rig, &"x".repeat(1000));
    assert_eq!(said, "there is no such command: `help` lists them\n");
}

#[test]
fn lines_come_again_with_the_arrows() {
    let mut rig = Rig::new();
    let monitor = &mut Monitor::new();
    for (typed, what) in [
        ("tlb\rqueues\r\x1b[A\x1b[A\x1b[Dx\r", "there is no such"),
        ("\x10\x10\x10\x10\x0e\x0e\x0e\x0e\r", ""),
    ] {
        let (said, _) = says(&mut rig, monitor, Why::Key, typed);
        assert!(said.contains(what), "{said}");
    }
    // The last but one was `queues`.
    let (said, _) = says(&mut rig, monitor, Why::Key, "\x1b[A\x1b[A\r");
    assert!(said.contains("run queue:"), "{said}");
}

#[test]
fn commands_may_be_short_and_wrong_lines_are_told_why() {
    let mut rig = Rig::new();
    for (typed, said) in [
        ("", ""),
        ("  ", ""),
        ("nonsense", "there is no such command: `help` lists them\n"),
        ("h", "several commands begin like this: `help` lists them\n"),
        ("x", "an address is missing\n"),
        ("x -", "an address is missing\n"),
        ("x - 400001", "the address is not a multiple of 4\n"),
        (
            "x 0 400000",
            "there is no such environment; `envs` lists them\n",
        ),
        (
            "xp 12345678x",
            "numbers are hexadecimal, of 8 digits at most\n",
        ),
        (
            "xp 123456789",
            "numbers are hexadecimal, of 8 digits at most\n",
        ),
        ("xp -1", "numbers are hexadecimal, of 8 digits at most\n"),
        ("sh", "an address is missing\n"),
        (
            "showm - 500000 400000",
            "the end is before the start, or the start is not a program's\n",
        ),
        (
            "showm - 90000000",
            "the end is before the start, or the start is not a program's\n",
        ),
        ("setperm - 400000", "flags are missing: for example V|R\n"),
        (
            "setperm - 400000 V|UC",
            "flags are V, R, COW, LIBRARY and D, parted by |\n",
        ),
        ("setperm - 400000 R", "a page that is mapped has V\n"),
        ("setperm - 500000 V", "nothing is mapped there\n"),
        (
            "setperm - 7f400000 V",
            "above UTOP nothing is the program's\n",
        ),
        (
            "setperm - ffffffff 0",
            "above UTOP nothing is the program's\n",
        ),
        ("continue", ""),
    ] {
        let (seen, leave) = says(
            &mut rig,
            &mut Monitor::new(),
            Why::Key,
            &format!("{typed}\n"),
        );
        assert_eq!(seen, said, "{typed}");
        let expected = if typed == "continue" {
            Leave::Continue
        } else {
            Leave::Halt
        };
        assert_eq!(leave, expected, "{typed}");
    }
    let help = line(&mut rig, "help");
    for name in [
        "help",
        "kerninfo",
        "backtrace",
        "envs",
        "queues",
        "regs",
        "showmappings",
        "setperm",
        "pgdir",
        "tlb",
        "x",
        "xp",
        "step",
        "continue",
        "halt",
    ] {
        assert!(help.contains(&format!("  {name} ")), "{name}: {help}");
    }
}

#[test]
fn environments_and_what_they_wait_for_are_listed() {
    let mut rig = Rig::new();
    let me = rig.id();
    let [reader, receiver, idle] = [rig.child(), rig.child(), rig.child()];
    rig.ok(SetEnvStatus, &[idle, 2]);
    rig.switch_to(reader);
    rig.blocks(Cgetc, &[]);
    rig.switch_to(receiver);
    rig.blocks(IpcRecv, &[0]);
    rig.switch_to(me);
    let said = line(&mut rig, "envs");
    let of = |id: u32| {
        let id = format!("  {id:08x}  ");
        let found = said.lines().find(|line| line.starts_with(&id));
        found.unwrap_or_default().to_owned()
    };
    assert!(of(me).ends_with("has the CPU"), "{said}");
    assert!(of(reader).contains(&format!("  {me:08x}  ")), "{said}");
    assert!(of(reader).ends_with("waits for the console (cgetc)"));
    assert!(of(receiver).ends_with("waits for a message (ipc_recv)"));
    assert!(of(idle).ends_with("is stopped"), "{said}");
    let said = line(&mut rig, "queues");
    let expected =
        format!("  run queue:\n  console:\n    {reader:08x}\n  ended, not cleared away:\n");
    assert!(said.starts_with(&expected), "{said}");
}

#[test]
fn mappings_are_shown_and_changed() {
    let mut rig = Rig::new();
    let me = rig.id();
    rig.ok(MemAlloc, &[0, FREE_PAGE, VR]);
    rig.ok(MemMap, &[0, FREE_PAGE, 0, FREE_PAGE + PAGE_SIZE, V]);
    let ppn = pte::ppn(rig.pte(me, FREE_PAGE));
    let shown = format!(
        "  00500000  frame {ppn:05x}  R|V, 2 references\n  00501000  frame {ppn:05x}  V, 2 references\n  00502000  not mapped\n"
    );
    assert_eq!(line(&mut rig, "showmappings - 500abc 502000"), shown);
    let many = line(&mut rig, "showmappings - 0 7fffffff");
    assert!(
        many.ends_with("  and so on: 64 pages at a time\n"),
        "{many}"
    );
    // What the TLB holds must not outlive it.
    assert_eq!(rig.store(FREE_PAGE, 1), Some(()));
    assert_eq!(line(&mut rig, "setperm - 500000 V"), "");
    assert_eq!(pte::flags(rig.pte(me, FREE_PAGE)), PteFlags::V);
    assert_eq!(
        line(&mut rig, &format!("setperm {me:x} 500000 V|R|COW")),
        ""
    );
    assert_eq!(pte::flags(rig.pte(me, FREE_PAGE)).bits(), VRC);
    assert_eq!(line(&mut rig, "setperm - 501000 0"), "");
    assert_eq!(rig.pte(me, FREE_PAGE + PAGE_SIZE), 0);
    rig.settle();
    let why = Why::Panic(Place {
        pc: 0x8000_0010,
        sp: 0,
        ra: 0x8000_0020,
    });
    let (said, _) = says(
        &mut rig,
        &mut Monitor::new(),
        why,
        "setperm - 500000 V\rbacktrace\r",
    );
    assert!(said.starts_with("the kernel has panicked: its tables are not to be changed\n"));
    assert!(
        said.contains("  at 80000010 start + 0x10\n  at 80000020 start + 0x20\n"),
        "{said}"
    );
}

#[test]
fn memory_is_shown_as_the_program_and_the_machine_have_it() {
    let mut rig = Rig::new();
    let me = rig.id();
    let pa = pte::ppn(rig.pte(me, DATA)) * PAGE_SIZE;
    rig.store(DATA, u32::from_le_bytes(*b"MOS!"));
    let row = |at: u32| format!("  {at:08x}  21534f4d dadadada                    MOS!....\n");
    assert_eq!(line(&mut rig, &format!("x - {DATA:x} 2")), row(DATA));
    assert_eq!(line(&mut rig, &format!("xp 0x{pa:x} 2")), row(pa));
    let kernel = 0x8000_0000 + pa;
    assert_eq!(line(&mut rig, &format!("x - {kernel:x} 2")), row(kernel));
    let last = line(&mut rig, "x - 7ffffffc 2");
    assert_eq!(
        last,
        "  7ffffffc  -------- --------                    ........\n"
    );
    let many = line(&mut rig, "xp fffffffc ffffffff");
    assert_eq!(many.lines().count(), 65);
    assert!(many.ends_with("  and so on: 100 words at a time\n"));
}

/// Text with a loop of two instructions behind a branch, into which a step must not go wrong.
fn write_text(rig: &mut Rig, words: &[u32]) {
    let space = rig.kernel.space(rig.slot());
    let (frame, _) = rig.kernel.mem.page_lookup(space.directory, UTEXT).unwrap();
    rig.machine().frame(frame)[..words.len()].copy_from_slice(words);
}

/// The environment that runs comes to what is at `pc`: the breakpoint of a step, if there is one.
fn comes_to(rig: &mut Rig, monitor: &mut Monitor, pc: u32, typed: &str) -> Option<Leave> {
    let slot = rig.slot();
    rig.kernel.tf(slot).cp0_epc = pc;
    rig.kernel.tf(slot).cp0_cause = 9 << 2;
    rig.machine().input.extend(typed.bytes());
    monitor.exception(&mut rig.kernel)
}

#[test]
fn a_step_ends_where_the_program_goes_on_and_leaves_no_trace() {
    let mut rig = Rig::new();
    // The monitor holds frames meanwhile.
    rig.audit_every = u32::MAX;
    let slot = rig.slot();
    let me = rig.id();
    // beq zero, zero, .+16; nop; two that are not come to; the target.
    let text = [0x1000_0003, 0, 0x2402_0001, 0x2402_0002, 0x2402_0003];
    write_text(&mut rig, &text);
    let (entry, free) = (rig.pte(me, UTEXT), rig.kernel.mem.free_frames());
    rig.kernel.tf(slot).cp0_epc = UTEXT;
    let mut monitor = Monitor::new();
    let (_, leave) = says(&mut rig, &mut monitor, Why::Key, "step\r");
    assert_eq!(leave, Leave::Continue);
    let target = UTEXT + 16;
    assert_ne!(rig.pte(me, UTEXT), entry, "a page of its own");
    assert_eq!(rig.load(target).map(|word| word & 0x3f), Some(0xd));
    // A copy that is made meanwhile has nothing of it.
    let copy = Frame::new(pte::ppn(rig.pte(me, UTEXT)));
    let mut words = *rig.machine().frame(copy);
    monitor.copied(copy, &mut words);
    assert_eq!(words[..text.len()], text);
    monitor.copied(Frame::new(copy.ppn() + 1), &mut words);
    assert_eq!(words[..text.len()], text);
    // Another that shares the copy meanwhile, by fork, gets the page itself.
    let child = rig.child();
    rig.ok(MemMap, &[0, UTEXT, child, UTEXT, V]);
    rig.switch_to(child);
    assert_eq!(
        comes_to(&mut rig, &mut monitor, target, ""),
        Some(Leave::Continue)
    );
    assert_eq!(rig.pte(child, UTEXT) >> 12, entry >> 12);
    rig.ok(MemUnmap, &[0, UTEXT]);
    rig.switch_to(me);
    let leave = comes_to(&mut rig, &mut monitor, target, "continue\r");
    assert_eq!(leave, Some(Leave::Continue));
    assert!(
        rig.output().contains("one instruction on"),
        "it was the step's"
    );
    assert_eq!(rig.pte(me, UTEXT), entry);
    let pc = rig.pc();
    assert_eq!(pc, target, "its instruction is not skipped");
    for (n, word) in text.into_iter().enumerate() {
        assert_eq!(rig.load(UTEXT + 4 * n as u32), Some(word));
    }
    rig.ok(EnvDestroy, &[child]);
    assert_eq!(rig.kernel.mem.free_frames(), free);
    rig.audit();
}

#[test]
fn a_step_asks_the_floating_point_unit_where_a_branch_of_its_own_goes() {
    for (fcsr, kept, to) in [
        (1 << 23, false, 16),
        (1 << 23, true, 16),
        (0, false, 8),
        (0, true, 8),
    ] {
        let mut rig = Rig::new();
        rig.audit_every = u32::MAX;
        rig.kernel.unit.present = true;
        // bc1t .+16.
        write_text(&mut rig, &[0x4501_0003, 0, 0, 0, 0]);
        let (me, child) = (rig.id(), rig.child());
        rig.trap(1 << 28 | 11 << 2, 0);
        rig.machine().unit.holds[32] = fcsr;
        if kept {
            rig.switch_to(child);
            rig.trap(1 << 28 | 11 << 2, 0);
            rig.machine().unit.holds[32] = !fcsr & 1 << 23;
            rig.switch_to(me);
        }
        let slot = rig.slot();
        rig.kernel.tf(slot).cp0_epc = UTEXT;
        let mut monitor = Monitor::new();
        says(&mut rig, &mut monitor, Why::Key, "step\r");
        let met = comes_to(&mut rig, &mut monitor, UTEXT + to, "continue\r");
        assert_eq!(met, Some(Leave::Continue));
        assert!(
            rig.output().contains("one instruction on"),
            "{fcsr:x} {kept}"
        );
    }
}

#[test]
fn who_ends_amid_a_step_leaves_nothing_behind() {
    let mut rig = Rig::new();
    rig.audit_every = u32::MAX;
    let other = rig.start(&crate::program::small());
    let free = rig.kernel.mem.free_frames();
    let me = rig.id();
    write_text(&mut rig, &[0; 16]);
    let slot = rig.slot();
    rig.kernel.tf(slot).cp0_epc = UTEXT;
    let mut monitor = Monitor::new();
    says(&mut rig, &mut monitor, Why::Key, "step\r");
    let pages = |rig: &Rig| rig.kernel.mem.free_frames();
    assert_eq!(pages(&rig), free - 1);
    let grandchild = rig.child();
    rig.switch_to(me);
    rig.ok(EnvDestroy, &[grandchild]);
    rig.call_any(EnvDestroy as u32, &[0]);
    assert!(!rig.exists(me));
    rig.switch_to(other);
    let (_, leave) = says(
        &mut rig,
        &mut monitor,
        Why::End(Outcome::Deadlock),
        "halt\r",
    );
    assert_eq!(leave, Leave::Halt);
    rig.audit();
}

/// The program's own: it is told, and the program goes on behind it.
#[test]
fn a_break_of_the_programs_own_is_skipped_when_it_goes_on() {
    let mut rig = Rig::new();
    let me = rig.id();
    // break; b .-4 with a break in its delay slot.
    write_text(&mut rig, &[0xd, 0x1000_fffe, 0xd]);
    let mut monitor = Monitor::new();
    let leave = comes_to(&mut rig, &mut monitor, UTEXT, "continue\r");
    assert_eq!(leave, Some(Leave::Continue));
    assert!(rig.output().contains("monitor: break instruction"));
    assert_eq!(rig.pc(), UTEXT + 4);
    assert_eq!(
        comes_to(&mut rig, &mut monitor, UTEXT + 4, "continue\r"),
        Some(Leave::Continue)
    );
    assert_eq!(rig.pc(), UTEXT, "where the branch goes");
    assert!(rig.exists(me));
    // Who handles his own wants no help.
    rig.ok(MemAlloc, &[0, UXSTACKTOP - PAGE_SIZE, VR]);
    let mine = [0, Exceptions::BREAKPOINT.bits(), UTEXT, UXSTACKTOP];
    rig.ok(SetExceptionHandler, &mine);
    assert_eq!(comes_to(&mut rig, &mut monitor, UTEXT, ""), None);
    // Any other exception is nobody's business here.
    let slot = rig.slot();
    rig.kernel.tf(slot).cp0_cause = 10 << 2;
    assert_eq!(monitor.exception(&mut rig.kernel), None);
}

/// Words that lines are made of: right ones, and what nobody should type.
const WORDS: &[&str] = &[
    "help",
    "kerninfo",
    "backtrace",
    "envs",
    "queues",
    "regs",
    "showmappings",
    "setperm",
    "pgdir",
    "tlb",
    "x",
    "xp",
    "step",
    "continue",
    "halt",
    "s",
    "",
    "-",
    "--",
    "0",
    "0x",
    "0x0x0",
    "+1",
    "1",
    "2",
    "3ff",
    "400",
    "401",
    "402",
    "403",
    "c00",
    "800",
    "7fffffff",
    "ffffffff",
    "100000000",
    "80000000",
    "9ffffffc",
    "a0000000",
    "bfc00000",
    "fffffffc",
    "fffff000",
    "7ffffffc",
    "7fc00000",
    "7fdff000",
    "7f800000",
    "7f400000",
    "7f3fe000",
    "7f3ff000",
    "7f3fdffc",
    "400000",
    "400001",
    "401000",
    "500000",
    "500abc",
    "600000",
    "3ffffc",
    "10000",
    "0",
    "V",
    "R",
    "V|R",
    "V|R|COW",
    "COW",
    "V|COW|LIBRARY|D|R",
    "V|D",
    "LIBRARY",
    "V|UC",
    "V|G",
    "|",
    "V|",
    "v",
    "V|R|V",
    "\u{3}",
    "\u{15}",
    "\u{1d}",
    "\u{1b}[A",
    "\u{1b}[B",
    "\u{1b}[",
    "\u{1b}O",
    "\u{1b}[;;;;99999999~",
    "\u{10}",
    "\u{e}",
    "\u{7f}",
    "\u{8}",
    "\u{1}",
    "\u{4}",
    "\u{0}",
    "\u{ff}",
    "%s%n",
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is typed, whenever it comes up: there is an answer, and the kernel is as sound as it was.
    #[test]
    fn nothing_that_is_typed_breaks_anything(
        lines in prop::collection::vec(prop::collection::vec(prop::sample::select(WORDS), 0..6), 1..40),
        why in 0..5,
        spare in 0..3_usize,
    ) {
        let mut rig = Rig::new();
        rig.audit_every = u32::MAX;
        let me = rig.id();
        let [child, reader, gone] = [rig.child(), rig.child(), rig.child()];
        for (id, page) in [(0, FREE_PAGE), (child, FREE_PAGE), (reader, UTEXT + PAGE_SIZE)] {
            rig.ok(MemAlloc, &[id, page, VR]);
        }
        rig.ok(MemShare, &[child, UTEXT, FREE_PAGE + PAGE_SIZE]);
        rig.switch_to(reader);
        rig.blocks(Cgetc, &[]);
        rig.switch_to(me);
        rig.ok(EnvDestroy, &[gone]);
        if spare < 2 {
            rig.leave_free(spare);
        }
        let typed = lines.iter().map(|words| words.join(" ") + "\r").collect::<String>();
        let why = match why {
            0 => Why::Key,
            1 => Why::Breakpoint,
            2 => Why::End(Outcome::Deadlock),
            3 => Why::Panic(Place { pc: u32::MAX, sp: 1, ra: 0 }),
            _ => Why::Stepped,
        };
        let mut monitor = Monitor::new();
        rig.machine().input.extend(typed.bytes());
        for _ in 0..200 {
            rig.kernel.tf(rig.slot()).cp0_cause = 9 << 2;
            if monitor.enter(&mut rig.kernel, why) == Leave::Halt {
                break;
            }
        }
        rig.machine().input.clear();
        monitor.enter(&mut rig.kernel, Why::Key);
        rig.settle();
        rig.audit();
        for id in [child, reader] {
            rig.ok(EnvDestroy, &[id]);
        }
        rig.audit();
    }
}

/// What was typed before the monitor came up is for it where it came up by itself, and for programs where it was called.
#[test]
fn what_nobody_has_read_is_answered_in_order() {
    let typed_before = |rig: &mut Rig, text: &str| {
        rig.machine().input.extend(text.bytes());
        while !rig.machine().input.is_empty() {
            rig.kernel.console_ready();
        }
        rig.machine().take_output();
    };
    let mut rig = Rig::new();
    typed_before(&mut rig, "xp 0 1\nhel");
    let end = Why::End(Outcome::Done);
    let (said, leave) = says(&mut rig, &mut Monitor::new(), end, "p\nhalt\n");
    assert!(said.starts_with("  00000000  --------"), "{said}");
    assert!(said.contains("  halt "), "{said}");
    assert_eq!(leave, Leave::Halt);

    // The monitor holds frames meanwhile.
    rig.audit_every = u32::MAX;
    write_text(&mut rig, &[0xd, 0, 0, 0, 0]);
    typed_before(&mut rig, "step\nstep\ncontinue\nhi");
    let mut monitor = Monitor::new();
    let mut met = |rig: &mut Rig, pc| comes_to(rig, &mut monitor, pc, "");
    // A step from a `break` goes behind what follows it.
    for offset in [0, 8, 12] {
        assert_eq!(met(&mut rig, UTEXT + offset), Some(Leave::Continue));
    }
    for byte in *b"hi" {
        assert_eq!(rig.ok(Cgetc, &[]), u32::from(byte));
    }
    typed_before(&mut rig, "yes");
    rig.kernel.tf(rig.slot()).cp0_epc = UTEXT + 12;
    let (said, leave) = says(&mut rig, &mut monitor, Why::Key, "step\n");
    assert_eq!((said.as_str(), leave), ("", Leave::Continue));
    assert_eq!(
        comes_to(&mut rig, &mut monitor, UTEXT + 16, "continue\n"),
        Some(Leave::Continue)
    );
    for byte in *b"yes" {
        assert_eq!(rig.ok(Cgetc, &[]), u32::from(byte));
    }
}

#[test]
fn a_step_that_cannot_be_is_refused() {
    let mut rig = Rig::new();
    let slot = rig.slot();
    // jr zero.
    write_text(&mut rig, &[8, 0]);
    rig.kernel.tf(slot).cp0_epc = UTEXT;
    assert_eq!(
        line(&mut rig, "step"),
        "the next instruction is not in memory\n"
    );
    write_text(&mut rig, &[0, 0]);
    rig.leave_free(0);
    assert_eq!(line(&mut rig, "step"), "out of memory\n");
    rig.give_back();
    let end = Why::End(Outcome::Done);
    let (said, _) = says(&mut rig, &mut Monitor::new(), end, "step\rcontinue\rhalt\r");
    assert_eq!(said, "nothing can go on\nnothing can go on\n");
    rig.blocks(Cgetc, &[]);
    let (said, _) = says(&mut rig, &mut Monitor::new(), Why::Key, "step\rregs\r");
    assert_eq!(said, "no environment has the CPU\n");
}
