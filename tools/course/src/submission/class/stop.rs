//! A class that is stopped in the middle, by people or by a disk that is full, and what is said of that: what is graded is
//! kept, and the same command goes on with the rest.

use anyhow::{Context, Error, Result};
use mos_run::out;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::io::{self, ErrorKind};
use std::process;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

/// What there is to know of a class at any moment.
#[derive(Clone, Debug, Default)]
pub struct Way {
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    told: AtomicUsize,
    all: AtomicUsize,
    /// Held by whoever writes: nothing is left half written.
    pen: Mutex<()>,
}

impl Way {
    /// Of a class of so many. From now on signals that would end this program do so between two files, with a word.
    ///
    /// # Errors
    /// Signals cannot be caught.
    pub fn begin(&self, all: usize, kept: bool) -> Result<()> {
        self.state.all.store(all, Ordering::Relaxed);
        let signals = Signals::new([SIGINT, SIGTERM, SIGHUP]);
        let mut signals = signals.context("cannot catch signals")?;
        let way = self.clone();
        thread::spawn(move || {
            if let Some(signal) = signals.forever().next() {
                let _pen = way.writes();
                out::tell(format!("stopped: {}", way.so_far(kept)));
                // Whoever this has begun ends with it.
                process::exit(128 + signal);
            }
        });
        Ok(())
    }

    /// To be held as long as files are written that belong together.
    pub fn writes(&self) -> MutexGuard<'_, ()> {
        self.state
            .pen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// One more has been told.
    pub fn told(&self) {
        self.state.told.fetch_add(1, Ordering::Relaxed);
    }

    /// How far it is, in words; what is `kept` goes on from there.
    pub fn so_far(&self, kept: bool) -> String {
        let [told, all] = [&self.state.told, &self.state.all].map(|n| n.load(Ordering::Relaxed));
        let then = match kept {
            true => "the same command goes on with the rest",
            false => "without OUT nothing of them is kept",
        };
        format!("{told} of {all} are done; {then}")
    }
}

/// Whether nothing more can be written, because there is no room.
pub fn is_full(error: &Error) -> bool {
    let full = |kind| matches!(kind, ErrorKind::StorageFull | ErrorKind::QuotaExceeded);
    let mut causes = error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>());
    causes.any(|cause| full(cause.kind()))
}
