//! A child that talks with the user and remembers what it is told, until its parent takes it back to a snapshot.

use libos::console::read_line;
use libos::msg::{self, Room, Sender, Timeout};
use libos::{
    EnvId, EnvStatus, Error, Fork, Snapshot, Window, env, fork, print, println, window, yield_now,
};

/// What the child asks its parent for.
const SAVE: u32 = 1;
const FORGET: u32 = 2;

/// Bytes that the child remembers at most.
const MEMORY: usize = 256;

/// A notebook and its keeper: comes back, in the keeper, when the notebook is closed.
pub fn amnesia() -> Result<(), Error> {
    let keeper = env::id();
    match fork()? {
        Fork::Child => {
            notebook(keeper);
            env::exit()
        }
        Fork::Parent(child) => keep(child),
    }
}

/// The child: everything it knows is on its stack.
fn notebook(keeper: EnvId) {
    let mut known = [0; MEMORY];
    let mut len = 0;
    println!(
        "Tell me words. \"save\" takes a snapshot of me, \"forget\" takes me back to it, \"end\" ends me."
    );
    loop {
        print!("> ");
        let mut line = [0; 64];
        match read_line(&mut line) {
            b"" => continue,
            b"end" => return,
            b"save" => ask(keeper, SAVE),
            b"forget" => ask(keeper, FORGET),
            word if len + 1 + word.len() <= MEMORY => {
                known[len] = b' ';
                known[len + 1..][..word.len()].copy_from_slice(word);
                len += 1 + word.len();
            }
            _ => println!("That is too much for me."),
        }
        println!("I know:{}", known[..len].escape_ascii());
    }
}

/// The keeper answers by letting us go on: here, as often as it takes us back to this moment.
fn ask(keeper: EnvId, what: u32) {
    // So the call is always broken off.
    let _ = msg::call(keeper, [what, 0, 0, 0]);
}

/// The parent.
fn keep(child: EnvId) -> Result<(), Error> {
    let mut snapshot = None;
    loop {
        let asked = msg::receive(Sender::Only(child), Room::NONE, Timeout::NEVER);
        match asked.map(|message| message.words[0]) {
            Err(Error::BadEnv) => return Ok(()),
            Err(error) => return Err(error),
            Ok(SAVE) => {
                snapshot = Some(Snapshot::take(child)?);
                println!("(a snapshot is taken)");
            }
            Ok(_) => match &snapshot {
                Some(snapshot) => {
                    snapshot.restore(child)?;
                    println!("(back to the snapshot)");
                }
                None => println!("(there is no snapshot)"),
            },
        }
        env::set_status(child, EnvStatus::Runnable)?;
    }
}

/// A child that counts, and that goes back to 0 again and again, with nobody who types.
pub fn rewind(times: u32) -> Result<(), Error> {
    const COUNT: Window = Window::new(1000);
    let child = match fork()? {
        Fork::Child => {
            COUNT.alloc(window::PRIVATE)?;
            loop {
                COUNT.write(0, COUNT.read(0) + 1);
                yield_now();
            }
        }
        Fork::Parent(child) => child,
    };
    let snapshot = Snapshot::take(child)?;
    for _ in 0..times {
        env::set_status(child, EnvStatus::Runnable)?;
        yield_now();
        snapshot.restore(child)?;
    }
    env::destroy(child)
}
