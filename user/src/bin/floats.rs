//! Environments that all use the floating-point unit, in turns and amid ticks: each finds all of its registers as it left
//! them, and begins with those of its parent.

#![no_std]
#![forbid(unsafe_code)]

use libos::env::id;
use libos::float::{self, Registers};
use libos::{Error, Fork, fork, ipc_recv, ipc_send, println, probe, yield_now};
use mos_user::soft::product;

const CHILDREN: u32 = 12;
const ROUNDS: u32 = 40;
/// Bits of FCSR that raise nothing: rounding, flags, what has happened, a condition.
const HARMLESS: u32 = 0x0181_f07f;

/// Registers that no other environment has, nor this one in another round.
fn own(round: u32) -> Registers {
    let mut word = id().0.wrapping_mul(0x9e37_79b9) ^ round.wrapping_mul(0x85eb_ca6b);
    let mut next = || {
        word = word.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        word
    };
    let fcsr = next() & HARMLESS;
    Registers {
        f: core::array::from_fn(|_| next()),
        fcsr,
    }
}

/// How many registers are not as they should be.
fn strange(wanted: &Registers) -> u32 {
    let found = Registers::store();
    let pairs = found.f.iter().zip(&wanted.f);
    let strange = pairs.filter(|(found, wanted)| found != wanted).count() as u32;
    strange + u32::from(found.fcsr != wanted.fcsr)
}

/// Has other registers in each round, which nobody else is to change meanwhile.
fn keep() -> u32 {
    let mut wrong = 0;
    for round in 0..ROUNDS {
        let registers = own(round);
        registers.load();
        if round % 3 == 0 {
            yield_now();
        } else {
            let spun = probe::registers_survive_spin(id().0 % 7 * 500 + 1500);
            wrong += u32::from(spun.is_err());
        }
        wrong += strange(&registers);
        // What is computed is not another's either; it is rounded as usual.
        Registers::default().load();
        let (a, b) = (f64::from(round), f64::from(id().0));
        let sum = float::add(float::mul(a, b), float::sub(a, b));
        wrong += u32::from(sum.to_bits() != (product(a, b) + (a - b)).to_bits());
    }
    wrong
}

fn main() -> Result<(), Error> {
    let parent = id();
    let ours = own(ROUNDS);
    for _ in 0..CHILDREN {
        ours.load();
        if fork()? == Fork::Child {
            let inherited = strange(&ours);
            println!(
                "{}",
                if inherited == 0 {
                    "has its parent's registers"
                } else {
                    "has others"
                }
            );
            return ipc_send(parent, keep());
        }
        if strange(&ours) != 0 {
            println!("the parent has others");
        }
    }
    let mut wrong = 0;
    for _ in 0..CHILDREN {
        wrong += ipc_recv()?.value;
    }
    wrong += strange(&ours);
    println!("{CHILDREN} environments, {ROUNDS} rounds: {wrong} registers are another's");
    Ok(())
}
