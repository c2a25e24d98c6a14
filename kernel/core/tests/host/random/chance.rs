//! How likely each thing is: most of it makes sense, so that programs get somewhere; the rest is hostile.

use mos_abi::Sysno::{self, *};
use mos_abi::layout::{
    PFTEMP, UENVS, ULIM, UPAGES, USTACKTOP, UTEMP, UTEXT, UTOP, UVPT, UXSTACKTOP, VPD,
};
use mos_abi::{EnvStatus, PteFlags};
use proptest::prelude::*;

use super::op::{Arg, Op, Who, Word};
use crate::program::DATA;
use crate::sim::{DEVICE, FIFO, code};

fn word(values: &[u32]) -> impl Strategy<Value = u32> + use<> {
    prop::sample::select(values.to_vec())
}

/// An offset in a page: mostly 0, else near one of the ends.
fn offset() -> impl Strategy<Value = u32> {
    let offsets = [
        4, 0x10, 0x7fc, 0xf64, 0xf68, 0xff0, 0xffc, 1, 2, 0xffe, 0xfff,
    ];
    prop_oneof![3 => Just(0), 1 => word(&offsets)]
}

/// An address: mostly in one of a few pages, so that they meet, and at boundaries of every kind.
fn address() -> impl Strategy<Value = Word> {
    let usual = [
        DATA,
        DATA + 0x1000,
        0x0050_0000,
        0x0050_1000,
        0x0100_0000,
        USTACKTOP - 0x1000,
        UXSTACKTOP - 0x1000,
    ];
    let boundary = [
        0,
        0xf000,
        0x1_0000,
        UTEMP,
        UTEXT,
        0x7eff_f000,
        PFTEMP,
        UTOP,
        UENVS + 0x3_9000,
        UENVS + 0x3_a000,
        UPAGES,
        UVPT,
        UVPT + 0x1000,
        UVPT + 0x1fc_000,
        UVPT + 0x20_0000,
        VPD,
        VPD - 0x1000,
        ULIM,
        0xffff_f000,
    ];
    let page = prop_oneof![9 => word(&usual), 3 => word(&boundary)];
    prop_oneof![
        30 => (page, offset()).prop_map(|(page, offset)| Word(page + offset)),
        1 => any::<u32>().prop_map(Word),
    ]
}

/// An address where something may well be.
fn mapped() -> impl Strategy<Value = Arg> {
    prop_oneof![
        3 => (any::<u8>(), offset()).prop_map(|(page, offset)| Arg::In(page, Word(offset))),
        2 => is(address()),
    ]
}

/// An address to load from or store to: most others would end the program.
fn touched() -> impl Strategy<Value = Arg> {
    let usual = [
        DATA,
        DATA + 0x1000,
        0x0050_0000,
        0x0100_0000,
        USTACKTOP - 0x1000,
    ];
    let aligned = || word(&[0, 4, 0x10, 0x7fc, 0xffc]).prop_map(Word);
    prop_oneof![
        8 => (any::<u8>(), aligned()).prop_map(|(page, offset)| Arg::InWritable(page, offset)),
        8 => (word(&usual), aligned()).prop_map(|(page, Word(at))| Arg::Is(Word(page + at))),
        1 => is(address()),
    ]
}

/// Permissions: all that make sense, and some that do not.
fn perm() -> impl Strategy<Value = Word> {
    let [v, r, cow] = [PteFlags::V, PteFlags::R, PteFlags::COW].map(|flag| flag.bits());
    let [library, d] = [PteFlags::LIBRARY, PteFlags::D].map(|flag| flag.bits());
    let wrong = [
        0,
        r,
        v | r | 0x800,
        v | r | 0x100,
        v | 0x80,
        v | r | 0x1_0000,
        u32::MAX,
    ];
    let perm = prop_oneof![
        10 => Just(v | r),
        4 => Just(v),
        3 => Just(v | r | cow),
        1 => word(&[v | cow, v | r | library, v | r | d, v | library, v | r | library | d]),
        1 => word(&wrong),
    ];
    perm.prop_map(Word)
}

/// Whom a call for the family names.
fn relative() -> impl Strategy<Value = Arg> {
    let number = prop_oneof![
        word(&[1, 0x400, 0x7ff, 0x7fff_ffff, u32::MAX]),
        any::<u32>()
    ];
    let who = prop_oneof![
        12 => Just(Who::Zero),
        2 => Just(Who::Me),
        8 => any::<u8>().prop_map(Who::Child),
        1 => Just(Who::Parent),
        1 => any::<u8>().prop_map(Who::Anyone),
        1 => any::<u8>().prop_map(Who::Dead),
        1 => number.prop_map(|number| Who::Number(Word(number))),
    ];
    who.prop_map(Arg::Id)
}

/// Whom a parent ends.
fn child() -> impl Strategy<Value = Arg> {
    prop_oneof![
        8 => any::<u8>().prop_map(|index| Arg::Id(Who::Child(index))),
        1 => relative(),
    ]
}

/// Whom a message is sent to.
fn receiver() -> impl Strategy<Value = Arg> {
    let who = prop_oneof![
        8 => any::<u8>().prop_map(Who::Receiver),
        1 => any::<u8>().prop_map(Who::Anyone),
        1 => any::<u8>().prop_map(Who::Dead),
        1 => any::<u32>().prop_map(|number| Who::Number(Word(number))),
    ];
    who.prop_map(Arg::Id)
}

fn is(value: impl Strategy<Value = Word>) -> impl Strategy<Value = Arg> {
    value.prop_map(Arg::Is)
}

fn values(values: &[u32]) -> impl Strategy<Value = Arg> + use<> {
    is(word(values).prop_map(Word))
}

/// An address, or 0, which in IPC is none.
fn or_none(address: impl Strategy<Value = Arg>) -> impl Strategy<Value = Arg> {
    prop_oneof![2 => is(Just(Word(0))), 3 => address]
}

/// Handler and exception stack: mostly libos's.
fn handler() -> impl Strategy<Value = Arg> {
    prop_oneof![8 => values(&[UTEXT + 0x20]), 1 => values(&[0]), 2 => is(address())]
}

fn xstacktop() -> impl Strategy<Value = Arg> {
    prop_oneof![8 => values(&[UXSTACKTOP]), 1 => values(&[0, 156, UTOP + 4]), 2 => is(address())]
}

/// Kinds of exceptions: all of them, some, or bits that stand for none.
fn kinds() -> impl Strategy<Value = Arg> {
    prop_oneof![
        4 => values(&[0x3e3c, 0x3e30, 0xc, 0x200, 0]),
        1 => values(&[1, 2, 0x100, 0x3e3d, u32::MAX]),
    ]
}

fn device() -> (impl Strategy<Value = Arg>, impl Strategy<Value = Arg>) {
    let (start, end) = (DEVICE.start, DEVICE.start + DEVICE.len);
    let wrong = [0, start - 4, end, FIFO.start - 1, FIFO.start + 4, u32::MAX];
    let addresses = (0..DEVICE.len).prop_map(move |at| Word(start + at));
    (
        prop_oneof![6 => is(addresses), 3 => values(&[FIFO.start]), 1 => values(&wrong)],
        prop_oneof![9 => values(&[0, 1, 2, 4, 4, 8, 12, 60, 64, 600]), 1 => values(&[0x1000, u32::MAX])],
    )
}

/// How many bytes are printed.
fn length() -> impl Strategy<Value = Arg> {
    prop_oneof![9 => is((0..300_u32).prop_map(Word)), 1 => is(any::<u32>().prop_map(Word))]
}

/// One call with its arguments.
fn call() -> impl Strategy<Value = (Sysno, Vec<Arg>)> {
    macro_rules! args {
        ($call:expr $(, $arg:expr)*) => {
            [$($arg.boxed()),*].prop_map(|args: [Arg; _]| ($call, args.to_vec())).boxed()
        };
    }
    let status = || {
        let right = [EnvStatus::Runnable as u32, EnvStatus::Runnable as u32, 2];
        prop_oneof![8 => values(&right), 1 => values(&[0, 3, u32::MAX])]
    };
    let byte = || is(any::<u8>().prop_map(|byte| Word(byte.into())));
    let ((dev, len), (dev2, len2)) = (device(), device());
    prop_oneof![
        2 => args!(Putchar, byte()),
        2 => Just((Getenvid, vec![])).boxed(),
        6 => Just((Yield, vec![])).boxed(),
        3 => args!(EnvDestroy, child()),
        4 => args!(SetPgfaultHandler, relative(), handler(), xstacktop()),
        3 => args!(SetExceptionHandler, relative(), kinds(), handler(), xstacktop()),
        18 => args!(MemAlloc, relative(), is(address()), is(perm())),
        22 => args!(MemMap, relative(), mapped(), relative(), is(address()), is(perm())),
        8 => args!(MemUnmap, relative(), mapped()),
        7 => Just((EnvAlloc, vec![])).boxed(),
        12 => args!(SetEnvStatus, relative(), status()),
        4 => args!(SetTrapframe, relative(), mapped()),
        1 => args!(Panic, mapped()),
        14 => args!(IpcCanSend, receiver(), byte(), or_none(mapped()), is(perm())),
        7 => args!(IpcRecv, or_none(is(address()))),
        6 => Just((Cgetc, vec![])).boxed(),
        3 => args!(WriteDev, touched(), dev, len),
        3 => args!(ReadDev, touched(), dev2, len2),
        5 => args!(MemShare, relative(), mapped(), mapped()),
        5 => args!(MemCopy, mapped(), relative(), is(address()), is(perm())),
        7 => args!(IpcCall, receiver(), byte(), or_none(is(address()))),
        5 => args!(Puts, mapped(), length()),
        4 => args!(GetTrapframe, relative(), touched()),
        6 => args!(NextMapping, relative(), is(address())),
        2 => Just((CgetcNow, vec![])).boxed(),
        3 => args!(GetHandlers, relative()),
        2 => Just((GetTime, vec![])).boxed(),
        2 => args!(GetCpu, relative()),
    ]
}

/// One of several calls: mostly one that may be.
fn one_of_several() -> impl Strategy<Value = (Sysno, Vec<Arg>)> {
    let can = |(call, _): &(Sysno, Vec<Arg>)| {
        let memory = [MemAlloc, MemMap, MemUnmap, MemShare, MemCopy];
        memory.contains(call) || [Getenvid, SetPgfaultHandler, SetExceptionHandler].contains(call)
    };
    prop_oneof![
        12 => call().prop_filter("one that may be", can),
        1 => call(),
        1 => Just((Batch, vec![Arg::Is(Word(DATA)), Arg::Is(Word(1))])),
    ]
}

/// Several calls in one.
fn batch() -> impl Strategy<Value = Op> {
    // Pages have 128 calls; some arrays go beyond the end of one.
    let offset = prop_oneof![
        6 => word(&[0, 4, 0x20, 0x104, 0x800]),
        2 => word(&[0xfe0, 0xfec, 0xff0, 0xffc]),
    ];
    let place = (any::<u8>(), offset).prop_map(|(page, at)| Arg::InWritable(page, Word(at)));
    let calls = prop::collection::vec(one_of_several(), 0..7);
    let count = prop_oneof![
        16 => Just(None),
        1 => (0..8_u32).prop_map(Some),
        1 => word(&[64, 0x0800_0000, 0x8000_0000, u32::MAX]).prop_map(Some),
    ];
    let at = prop_oneof![12 => Just(None), 1 => mapped().prop_map(Some)];
    (calls, place, count, at).prop_map(|(calls, place, count, at)| Op::Batch {
        calls,
        place,
        count,
        at,
    })
}

/// Whom a message of four words goes to, or comes from.
fn partner() -> impl Strategy<Value = Arg> {
    let who = prop_oneof![
        6 => any::<u8>().prop_map(Who::Receiver),
        10 => any::<u8>().prop_map(Who::Anyone),
        2 => any::<u8>().prop_map(Who::Child),
        2 => Just(Who::Parent),
        1 => Just(Who::Me),
        1 => any::<u8>().prop_map(Who::Dead),
        1 => any::<u32>().prop_map(|number| Who::Number(Word(number))),
    ];
    who.prop_map(Arg::Id)
}

/// Ticks that a call may wait.
fn ticks() -> impl Strategy<Value = u32> {
    prop_oneof![3 => Just(u32::MAX), 4 => 1..6_u32, 1 => Just(0), 1 => Just(u32::MAX - 1)]
}

/// One of the calls for messages of four words.
fn message() -> impl Strategy<Value = Op> {
    let call = prop_oneof![2 => Just(MsgCall), 2 => Just(MsgReplyWait), 4 => Just(Msg)];
    let to = prop_oneof![6 => partner(), 1 => is(Just(Word(0)))];
    let from = prop_oneof![
        4 => is(Just(Word(u32::MAX))),
        2 => is(Just(Word(0))),
        4 => partner(),
    ];
    let zero = prop_oneof![30 => Just(0), 1 => any::<u32>()];
    let others = (from, any::<[u8; 4]>(), zero);
    let pages = prop_oneof![4 => Just(0), 4 => Just(1), 2 => 2..4_u8, 1 => 60..70_u8];
    let window = (
        is(address()),
        prop_oneof![2 => 0..3_u32, 1 => 60..70_u32, 1 => any::<u32>()],
    );
    let rest = ([ticks(), ticks()], mapped(), (pages, perm()), window);
    (call, to, others, rest).prop_map(|(call, to, others, (times, page, pages, window))| {
        Op::Message {
            call,
            to,
            others,
            times,
            page,
            pages,
            window,
        }
    })
}

/// One thing that happens.
pub fn op() -> impl Strategy<Value = Op> {
    let sp = prop_oneof![40 => Just(None), 1 => address().prop_map(Some)];
    let codes = [
        code::BREAK,
        code::RESERVED,
        code::COPROCESSOR,
        code::OVERFLOW,
    ];
    let numbers = prop_oneof![word(&[0, 9526, 9544, 9599, 9615, u32::MAX]), any::<u32>()];
    // Small, so that what is stored may serve as pc and sp for set_trapframe.
    let stored = 0..0x1000_u32;
    prop_oneof![
        120 => (call(), sp).prop_map(|((call, args), sp)| Op::Call(call, args, sp)),
        24 => message(),
        12 => batch(),
        1 => numbers.prop_map(|number| Op::NoCall(Word(number))),
        12 => touched().prop_map(Op::Load),
        20 => (touched(), stored).prop_map(|(va, value)| Op::Store(va, Word(value))),
        1 => prop::sample::select(codes.to_vec()).prop_map(Op::Exception),
        3 => Just(Op::Fork),
        6 => Just(Op::Prepare),
        20 => (1..4_u8).prop_map(Op::Ticks),
        12 => (0..4_u8, any::<bool>()).prop_map(|(looks, scarce)| Op::TickAmid(looks, scarce)),
        2 => any::<u8>().prop_map(Op::Type),
        2 => (0..4_u8).prop_map(Op::Scarce),
        4 => Just(Op::Plenty),
        1 => Just(Op::Start),
    ]
}
