//! Every environment stands where its status says, and shows programs only what it may.

use mos_abi::{Env, EnvId, EnvStatus, NENV, Trapframe};
use mos_core::env::Wait;
use mos_core::slot::Slot;
use mos_core::{Kernel, Platform};

// teacher begin
use crate::lines;
// teacher end

/// Where a slot stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Nowhere,
    FreeSlots,
    /// In the run queue, having ended.
    Dying,
    RunQueue,
    Readers,
    // teacher begin
    /// In the line of a receiver.
    Line,
    // teacher end
}

/// Status, wait and queues agree; ids are well formed; nothing private shows.
pub fn check<M: Platform>(kernel: &mut Kernel<M>) {
    let places = places(kernel);
    let mut alive = 0;
    let [ready, _] = kernel.mem.view_entries();
    for (index, place) in places.into_iter().enumerate() {
        // An entry that is not ready shows zeros.
        let view = match kernel.mem.machine.tables().envs[index] {
            view if index < ready => view,
            _ => Env::FREE,
        };
        let wait = kernel.wait(Slot::new(index));
        check_view(&view, index);
        let status = EnvStatus::from_u32(view.env_status).expect("a status");
        alive += usize::from(status != EnvStatus::Free);
        let right = match (status, wait) {
            (EnvStatus::Free, Wait::NONE) => {
                matches!(place, Place::FreeSlots | Place::Dying) || is_retired(&view, place)
            }
            (EnvStatus::Runnable, Wait::NONE) => place == Place::RunQueue,
            (EnvStatus::NotRunnable, Wait::CONSOLE) => place == Place::Readers,
            // teacher begin
            (EnvStatus::NotRunnable, wait) if wait.is_in_line() => place == Place::Line,
            (EnvStatus::NotRunnable, wait) if wait.is_to_hear() => place == Place::Nowhere,
            // teacher end
            (EnvStatus::NotRunnable, Wait::NONE | Wait::MESSAGE | Wait::CALL | Wait::END) => {
                place == Place::Nowhere
            }
            _ => false,
        };
        assert!(
            right,
            "slot {index} is {status:?}, waits for {wait:?}, stands in {place:?}"
        );
        let receives = matches!(wait, Wait::MESSAGE | Wait::CALL);
        // teacher begin
        let receives = receives || lines::hears_anybody(kernel, index);
        // teacher end
        assert_eq!(view.env_ipc_recving, u32::from(receives), "slot {index}");
    }
    assert_eq!(kernel.alive(), alive, "number of environments");
    // teacher begin
    lines::check(kernel);
    // teacher end
}

/// A slot that has used up its ids stands nowhere.
fn is_retired(view: &Env, place: Place) -> bool {
    place == Place::Nowhere && EnvId(view.env_id).generation() == EnvId::GENERATIONS - 1
}

/// Where each slot stands. Panics when one stands in two places, or twice in one.
fn places<M: Platform>(kernel: &mut Kernel<M>) -> [Place; NENV] {
    let mut places = [Place::Nowhere; NENV];
    let mut stand = |slot: Slot, place| {
        let former = core::mem::replace(&mut places[slot.index()], place);
        assert_eq!(former, Place::Nowhere, "{slot:?} stands in {place:?} too");
    };
    if let Some(slot) = kernel.cpu().current {
        stand(slot, Place::RunQueue);
    }
    kernel
        .free_slots()
        .for_each(|slot| stand(slot, Place::FreeSlots));
    let mut dying = [false; NENV];
    kernel.dying().for_each(|slot| dying[slot.index()] = true);
    for slot in kernel.run_queue() {
        let has_ended = dying[slot.index()];
        stand(
            slot,
            if has_ended {
                Place::Dying
            } else {
                Place::RunQueue
            },
        );
    }
    // teacher begin
    kernel
        .elsewhere()
        .for_each(|slot| stand(slot, Place::RunQueue));
    for index in 0..NENV {
        let senders = kernel.senders(Slot::new(index));
        senders.for_each(|slot| stand(slot, Place::Line));
    }
    // teacher end
    kernel
        .readers()
        .for_each(|slot| stand(slot, Place::Readers));
    places
}

/// Entry `index` of UENVS as every program sees it.
fn check_view(view: &Env, index: usize) {
    if view.env_status == EnvStatus::Free as u32 {
        let expected = Env {
            env_id: view.env_id,
            ..Env::FREE
        };
        assert_eq!(*view, expected, "free slot {index} shows something");
    } else {
        let id = EnvId(view.env_id);
        assert_eq!(id, EnvId::new(id.generation(), index), "id of slot {index}");
        assert!(id.0 & 1 << 10 != 0 && id.0 >> 31 == 0, "id {id}");
        assert_eq!(view.env_tf, Trapframe::ZERO, "{id}: registers show");
        let links = [view.env_link, view.env_sched_link];
        assert_eq!(links, [[0; 2]; 2], "{id}: links show");
        let rest = [view.env_pgdir, view.env_cr3, view.env_nop];
        assert_eq!(rest, [0; 3], "{id}: kernel addresses show");
    }
}
