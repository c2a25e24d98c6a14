//! Those who wait for each other in messages of four words.

use mos_abi::message::ANY;
use mos_abi::{EnvId, NENV};
use mos_core::slot::Slot;
use mos_core::{Kernel, Platform};

/// Lines and partners agree, and the number of waits that do not last for ever.
pub fn check<M: Platform>(kernel: &Kernel<M>) {
    let mut timed = 0;
    for index in 0..NENV {
        check_partner(kernel, index);
        timed += usize::from(kernel.wait(Slot::new(index)).is_timed());
    }
    assert_eq!(kernel.timeouts(), timed, "number of waits that end");
}

/// Whether what is in this slot waits for a message of four words from anybody.
pub fn hears_anybody<M: Platform>(kernel: &Kernel<M>, index: usize) -> bool {
    let slot = Slot::new(index);
    kernel.wait(slot).is_to_hear() && kernel.partner(slot) == ANY
}

/// Nobody waits for an environment that is not there; who stands in a line waits for that one; and nobody who could be
/// heard stands there.
fn check_partner<M: Platform>(kernel: &Kernel<M>, index: usize) {
    let slot = Slot::new(index);
    let (wait, partner) = (kernel.wait(slot), kernel.partner(slot));
    let waits = wait.is_in_line() || wait.is_to_hear() && partner != ANY;
    let other = Slot::new(EnvId(partner).index());
    assert!(
        !waits || kernel.id(other).0 == partner && other != slot,
        "slot {index} waits for {partner:x}, which is not there"
    );
    for sender in kernel.senders(slot) {
        assert_eq!(
            kernel.partner(sender),
            kernel.id(slot).0,
            "{sender:?} in line"
        );
        let id = kernel.id(sender).0;
        let heard = wait.is_for_word() || wait.is_to_hear() && [ANY, id].contains(&partner);
        assert!(
            !heard,
            "{sender:?} stands in the line of slot {index}, which could hear it"
        );
    }
}
