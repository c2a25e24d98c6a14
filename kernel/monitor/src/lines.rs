//! The lines of those who wait to send messages, and waits that do not last for ever.

use core::fmt;

use mos_abi::message::ANY;
use mos_abi::{EnvId, NENV};
use mos_core::Kernel;
use mos_core::env::Wait;
use mos_core::slot::Slot;

use crate::{Target, envs};

/// Whom an environment waits to send to or to hear, and whether for ever.
pub struct Partner {
    wait: Wait,
    id: u32,
}

/// Whom the environment in `slot` waits for.
pub fn partner<M: Target>(kernel: &Kernel<M>, slot: Slot) -> Partner {
    Partner {
        wait: kernel.wait(slot),
        id: kernel.partner(slot),
    }
}

impl fmt::Display for Partner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.wait.is_in_line() || self.wait.is_to_hear() {
            match self.id {
                ANY => f.write_str(" anybody")?,
                id => write!(f, " {}", EnvId(id))?,
            }
        }
        if self.wait.is_timed() {
            f.write_str(", not for ever")?;
        }
        Ok(())
    }
}

/// Names those who stand in each line.
pub fn list<M: Target>(kernel: &mut Kernel<M>) {
    for slot in (0..NENV).map(Slot::new) {
        if kernel.senders(slot).next().is_some() {
            let id = kernel.id(slot);
            envs::show(kernel, format_args!("to send to {id}:"), |kernel, n| {
                kernel.senders(slot).nth(n)
            });
        }
    }
    let timeouts = kernel.timeouts();
    kernel.say(format_args!(
        "  {timeouts} waits that will end by themselves"
    ));
}
