//! Every register survives the upcall of a copy-on-write fault, also when the timer interrupts it
//! and another environment runs meanwhile.

#![no_std]
#![forbid(unsafe_code)]

use libos::{EnvId, Error, Fork, Window, env, fork, println, probe, window};

const STORES: u32 = 300;

fn main() -> Result<(), Error> {
    let Fork::Parent(other) = fork()? else {
        env::spin()
    };
    let page = Window::new(0);
    page.alloc(window::PRIVATE)?;
    for n in 0..STORES {
        page.map(EnvId::SELF, window::COPY_ON_WRITE)?;
        if let Err(changed) = probe::registers_survive_store(page) {
            println!("faultregs: WRONG after {n} stores: {changed:x?}");
            return Ok(());
        }
    }
    env::destroy(other)?;
    println!("faultregs: all registers survived {STORES} upcalls");
    Ok(())
}
