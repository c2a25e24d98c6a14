//! The checks of lab 4: system calls, messages, fork. `tests/checks/lab4.toml` says what each of them tests.

#![no_std]
#![forbid(unsafe_code)]

mod again;
mod calls;
mod children;
mod copies;
mod cow;
mod depths;
mod door;
mod endings;
mod faults;
mod forks;
mod frames;
mod full;
mod handlers;
mod letters;
mod mapping;
mod memory;
mod messages;
mod nested;
mod overflow;
mod own;
mod own_stack;
mod pages;
mod parcels;
mod questions;
mod refusals;
mod room;
mod running;
mod sharing;
mod slots;
mod stopping;
mod trapframes;
mod undelivered;
// private begin
mod unseen;
// private end
mod waits;

use libos::{Error, println};
use mos_user::check::Check;

fn main() -> Result<(), Error> {
    let Some(check) = Check::ordered() else {
        return Ok(());
    };
    match check.name() {
        "dispatch" => calls::dispatch(check),
        "yield" => calls::yields(check),
        "permissions" => refusals::permissions(check),
        "strangers" => refusals::strangers(check),
        "mem-alloc" => memory::alloc(check),
        "mem-full" => full::full(check),
        "mem-map" => mapping::map(check),
        "mem-unmap" => mapping::unmap(check),
        "short-way" => door::short_way(check),
        "mem-copy" => copies::copy(check),
        "mem-share" => sharing::share(check),
        "env-alloc" => children::alloc(check),
        "slots" => slots::slots(check),
        "set-status" => running::status(check),
        "set-trapframe" => trapframes::trapframe(check),
        "destroy" => endings::destroy(check),
        "waiting" => waits::waiting(check),
        "messages" => messages::words(check),
        "pages-by-message" => parcels::pages(check),
        "refused-messages" => undelivered::refused(check),
        "letters" => letters::letters(check),
        "ipc-call" => questions::calls(check),
        "own-handler" => own::handler(check),
        "fault-handler" => faults::handlers(check),
        "fault-reported" => faults::reported(check),
        "nested-faults" => nested::handlers(check),
        "full-exception-stack" => overflow::full(check),
        "registers" => faults::registers(check),
        "cow-trap" => cow::cow_trap(check),
        "cow-store" => cow::cow_store(check),
        "page-kinds" => pages::given(check),
        "cow-again" => again::cow_again(check),
        "own-stack" => own_stack::shared(check),
        "fork" => forks::fork_once(check),
        "fork-pages" => pages::forked(check),
        "fork-depths" => depths::everywhere(check),
        "fork-tree" => forks::tree(check),
        "fork-frames" => frames::all_come_back(check),
        // private begin
        "unseen-parcels" => unseen::parcels(check),
        "unseen-faults" => unseen::faults(check),
        "unseen-stores" => unseen::stores(check),
        "unseen-forks" => unseen::forks(check),
        // private end
        name => {
            println!("there is no check {name} in lab 4");
            Ok(())
        }
    }
}
