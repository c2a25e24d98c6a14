//! The registers of the floating-point unit: each environment has its own, though there is one unit.

use libos::float::{self, Registers};
use libos::probe::{self, Misdeed, commit};
use libos::{EnvId, Error, Fork, Window, env, fork, ipc_recv, ipc_send, msg, window, yield_now};
use mos_abi::Sysno;
use mos_exam::{Lots, saw, step};
use mos_user::check::{Check, until_it_ends};

/// Shared by everybody: what children have seen.
pub const NOTES: Window = Window::new(1000);
/// Who keep their registers at the same time, and how often each has others.
const CHILDREN: usize = 6;
const ROUNDS: u32 = 12;
/// Who look for what others have left, each where one of those was.
const LOOKERS: usize = 2;
/// Ids of those who have all other slots.
const TAKEN: Window = Window::new(1001);
/// Bits of FCSR that raise nothing: rounding, flags, what has happened, a condition.
const HARMLESS: u32 = 0x0181_f07f;

/// Registers drawn by lot.
pub fn drawn(lots: &mut Lots) -> Registers {
    Registers {
        f: core::array::from_fn(|_| lots.any()),
        fcsr: lots.any() & HARMLESS,
    }
}

/// What the unit holds, made one word: 0 if that is nothing.
pub fn held() -> u32 {
    let Registers { f, fcsr } = Registers::store();
    f.iter().fold(fcsr, |sum, word| sum.rotate_left(5) ^ word)
}

/// Has a child do something, to its end.
pub fn alone(act: impl FnOnce()) -> Result<(), Error> {
    match fork()? {
        Fork::Child => {
            act();
            env::exit()
        }
        Fork::Parent(child) => {
            until_it_ends(child);
            Ok(())
        }
    }
}

/// Children have what their parent has, and then what is their own.
pub fn registers(mut check: Check) -> Result<(), Error> {
    NOTES.alloc(window::SHARED)?;
    step!(check, "a child begins with the registers of its parent");
    for others_use_it in [false, true] {
        drawn(&mut check.lots).load();
        if others_use_it {
            let registers = drawn(&mut check.lots);
            alone(|| registers.load())?;
        }
        alone(|| NOTES.write(0, held()))?;
        saw!(
            check,
            "registers of a child, and of its parent, each made one word",
            [NOTES.read(0), held()]
        );
    }

    step!(check, "amid ticks and in turns each keeps its own");
    let me = env::id();
    for child in 0..CHILDREN {
        let seed = check.lots.any();
        if fork()? == Fork::Child {
            NOTES.write(child, keep(Lots::new(seed.into())));
            ipc_send(me, 0)?;
            env::exit()
        }
    }
    for _ in 0..CHILDREN {
        ipc_recv()?;
    }
    for child in 0..CHILDREN {
        saw!(
            check,
            "all that a child had, made one word",
            NOTES.read(child)
        );
    }
    saw!(check, "what its parent has, made one word", held());
    Ok(())
}

/// Has other registers in each round, which nobody else is to change meanwhile.
fn keep(mut lots: Lots) -> u32 {
    (0..ROUNDS).fold(0, |sum, round| {
        drawn(&mut lots).load();
        match round % 3 {
            0 => yield_now(),
            _ => drop(probe::registers_survive_spin(lots.from(500, 4000))),
        }
        sum.rotate_left(1) ^ held()
    })
}

/// Nobody sees what others have there, or had.
pub fn strangers(mut check: Check) -> Result<(), Error> {
    NOTES.alloc(window::SHARED)?;
    step!(
        check,
        "who has computed nothing finds nothing, whoever was there before"
    );
    let taken = take_slots()?;
    let secret = drawn(&mut check.lots);
    alone(|| {
        secret.load();
        NOTES.write(LOOKERS, held());
    })?;
    look(&check)?;
    // This one ends when somebody else has the unit.
    let secret = drawn(&mut check.lots);
    let Fork::Parent(child) = fork()? else {
        secret.load();
        NOTES.write(LOOKERS, held());
        ipc_recv()?;
        env::exit()
    };
    let registers = drawn(&mut check.lots);
    alone(|| registers.load())?;
    env::destroy(child)?;
    look(&check)?;
    (0..taken).try_for_each(|n| env::destroy(EnvId(TAKEN.read(n))))?;

    step!(check, "messages leave each what it has");
    let server = serve(Lots::new(check.lots.any().into()))?;
    for _ in 0..4 {
        drawn(&mut check.lots).load();
        let [answer, ..] = msg::call(server, [0; 4])?.words;
        saw!(
            check,
            "what somebody has who was called twice, and what its caller has, made one word",
            [answer, held()]
        );
    }
    env::destroy(server)?;

    step!(check, "other coprocessors are nobody's");
    let word = check.lots.any();
    alone(|| {
        NOTES.write(0, word);
        commit(Misdeed::ProbeTlb);
        NOTES.write(0, 0);
    })?;
    saw!(check, "what a child said that used one", NOTES.read(0));
    Ok(())
}

/// Has somebody in all slots but as many as there are to be [`look`]ed into. Returns how many that are.
fn take_slots() -> Result<usize, Error> {
    TAKEN.alloc(window::PRIVATE)?;
    let mut count = 0;
    let end = loop {
        match probe::call(Sysno::EnvAlloc, [0; 5]) {
            Ok(id) => TAKEN.write(count, id),
            Err(error) => break error,
        }
        count += 1;
    };
    if end != Error::NoFreeEnv {
        return Err(end);
    }
    let taken = count - LOOKERS;
    (taken..count).try_for_each(|n| env::destroy(EnvId(TAKEN.read(n))))?;
    Ok(taken)
}

/// What children find that have computed nothing, beside what was hidden.
fn look(check: &Check) -> Result<(), Error> {
    let mut lookers = [env::id(); LOOKERS];
    for (n, looker) in lookers.iter_mut().enumerate() {
        match fork()? {
            Fork::Parent(child) => *looker = child,
            Fork::Child => {
                // The last one first: its slot is the one that became free last.
                (n..LOOKERS).for_each(|_| yield_now());
                NOTES.write(n, held());
                env::exit()
            }
        }
    }
    for looker in lookers {
        until_it_ends(looker);
    }
    saw!(
        check,
        "what two find, and what somebody had before them, made one word",
        core::array::from_fn::<_, { LOOKERS + 1 }, _>(|n| NOTES.read(n))
    );
    Ok(())
}

/// A child that answers with what it has, and has something else then.
fn serve(mut lots: Lots) -> Result<EnvId, Error> {
    let Fork::Parent(server) = fork()? else {
        let mut answer = None;
        loop {
            let request = msg::reply_wait(answer, [held(), 0, 0, 0])?;
            drawn(&mut lots).load();
            answer = Some(request.from);
        }
    };
    yield_now();
    Ok(server)
}

/// What is computed is right.
pub fn sums(mut check: Check) -> Result<(), Error> {
    NOTES.alloc(window::SHARED)?;
    step!(check, "sums, differences, products and quotients are right");
    for _ in 0..5 {
        let [a, b] = [(); 2].map(|()| double(&mut check.lots));
        let results = [float::add, float::sub, float::mul, float::div].map(|by| by(a, b));
        saw!(
            check,
            "a sum, a difference, a product and a quotient",
            results.map(f64::to_bits)
        );
    }

    step!(check, "so are the points of a picture");
    for _ in 0..8 {
        let [re, im] = [(); 2].map(|()| check.lots.from(0, 4096));
        let part = |word, apart, low| float::add(float::mul(f64::from(word), apart), low);
        let c = [part(re, 3.0 / 4096.0, -2.2), part(im, 2.0 / 4096.0, -1.0)];
        saw!(check, "how long a point stays", float::escape(c, 1000));
    }

    step!(check, "the first use may be in a delay slot");
    let word = check.lots.any();
    alone(|| NOTES.write(0, float::in_slot(word)))?;
    saw!(check, "a word by way of a register", NOTES.read(0));
    Ok(())
}

/// Some double that is neither very large nor very small.
fn double(lots: &mut Lots) -> f64 {
    let [high, low] = [(); 2].map(|()| lots.any());
    let exponent = lots.from(1000, 1046);
    let high = high & 0x800f_ffff | exponent << 20;
    f64::from_bits(u64::from(high) << 32 | u64::from(low))
}
