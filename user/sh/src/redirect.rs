//! Where a command reads and writes.

use crate::expand;
use crate::shell::Shell;
use crate::system::{Fd, Io, Mode, System};
use crate::tree::{Redirect, Way};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// The descriptors of a command, and which of them are its own.
pub(crate) struct Redirected {
    pub io: Io,
    opened: Vec<Fd>,
}

impl Redirected {
    /// Closes what was opened for it.
    pub fn close<S: System>(self, system: &mut S) {
        self.opened.into_iter().for_each(|fd| system.close(fd));
    }
}

impl Shell {
    /// Does what `redirects` say. Who called is told of what does not work, and nothing is open then.
    pub(crate) fn redirect<S: System>(
        &mut self,
        system: &mut S,
        redirects: &[Redirect],
        io: Io,
    ) -> Option<Redirected> {
        let mut redirected = Redirected {
            io,
            opened: Vec::new(),
        };
        // exercise 6.15 begin
        // otherwise: let _ = redirects;
        for redirect in redirects {
            match self.target(system, redirect, redirected.io) {
                Ok((fd, is_new)) => {
                    redirected.opened.extend(is_new.then_some(fd));
                    if let Some(place) = redirected.io.get_mut(usize::from(redirect.fd)) {
                        *place = fd;
                    }
                }
                Err(why) => {
                    redirected.close(system);
                    self.complain(system, io, &why, 1);
                    return None;
                }
            }
        }
        // exercise 6.15 end
        Some(redirected)
    }

    /// The descriptor that `redirect` names, and whether it is a new one.
    fn target<S: System>(
        &self,
        system: &mut S,
        redirect: &Redirect,
        io: Io,
    ) -> Result<(Fd, bool), String> {
        // exercise 6.15 begin
        let target = expand::one(&redirect.target, self);
        let mode = match redirect.way {
            Way::Read => Mode::Read,
            Way::Write => Mode::Write,
            Way::Append => Mode::Append,
            Way::Text => return Ok((system.text(&format!("{target}\n"))?, true)),
            Way::Same => {
                let number: Option<usize> = target.parse().ok();
                let fd = number.and_then(|number| io.get(number).copied());
                let fd = fd.ok_or_else(|| format!("{target}: there is no such descriptor"))?;
                return Ok((fd, false));
            }
        };
        let opened = system.open(&target, mode);
        opened
            .map(|fd| (fd, true))
            .map_err(|why| format!("{target}: {why}"))
        // exercise 6.15 end
    }
}
