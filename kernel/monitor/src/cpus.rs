//! What there is to say of several CPUs, of which one is in the monitor and the others stand still.

use mos_core::Kernel;
use mos_core::slot::Slot;

use crate::{Target, space};

/// How many there are, if there are several.
fn several<M: Target>(kernel: &Kernel<M>) -> Option<usize> {
    let (count, _) = kernel.mem.machine.cpus();
    (count > 1).then_some(count)
}

/// On which of several the environment in `slot` runs, if it does.
pub fn of<M: Target>(kernel: &Kernel<M>, slot: Slot) -> Option<usize> {
    several(kernel).and_then(|_| kernel.cpu_of(slot))
}

/// Says who runs on each of several, and for how long. Whether there are several.
pub fn turns<M: Target>(kernel: &mut Kernel<M>) -> bool {
    for number in 0..several(kernel).unwrap_or(0) {
        match kernel.turn_of(number) {
            (Some(slot), slices) => {
                let id = kernel.id(slot);
                kernel.say(format_args!(
                    "  CPU {number}: {id}, {slices} time slices left in this turn"
                ));
            }
            (None, _) => kernel.say(format_args!("  CPU {number}: nobody")),
        }
    }
    several(kernel).is_some()
}

/// Shows the TLB of each of several. Whether there are several.
pub fn tlbs<M: Target>(kernel: &mut Kernel<M>) -> bool {
    let here = kernel.cpu_number();
    for number in 0..several(kernel).unwrap_or(0) {
        kernel.say(format_args!("  CPU {number}:"));
        if number == here {
            space::entries(kernel, |machine, tell| machine.tlb(tell));
        } else {
            space::entries(kernel, |machine, tell| machine.tlb_of(number, tell));
        }
    }
    several(kernel).is_some()
}

/// Says which CPU this is, of several, and what their lock has had to do.
pub fn tell_lock<M: Target>(kernel: &mut Kernel<M>) {
    if let (count @ 2.., kind) = kernel.mem.machine.cpus() {
        let here = kernel.cpu_number();
        let counts = kernel.lock_statistics();
        let (acquisitions, contended, spins) =
            (counts.acquisitions, counts.contended, counts.spins);
        kernel.say(format_args!(
            "  CPU {here} of {count}; lock {kind}: {acquisitions} acquisitions, {contended} contended, {spins} spins"
        ));
    }
}
