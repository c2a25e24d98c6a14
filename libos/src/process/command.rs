//! What is to be started, and with what.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::ExitStatus;
use super::block::Block;
use super::child::Child;
use super::image::{Bytes, Open, all_of};
use super::start::{Gifts, start};
use crate::env;
use crate::fd::{self, Fd, Kind};
use crate::fs::File;
use crate::io::Error;

/// A program to be started: its arguments and variables, and its descriptors, which are ours with numbers 0, 1 and 2 unless
/// something else is said.
#[derive(Clone, Debug)]
pub struct Command {
    path: String,
    args: Vec<String>,
    vars: Vec<String>,
    descriptors: Vec<(Fd, Fd)>,
    shared: bool,
}

impl Command {
    /// The program at `path`, which is its first argument too.
    pub fn new(path: &str) -> Self {
        let own = [Fd::STDIN, Fd::STDOUT, Fd::STDERR];
        let open = own.into_iter().filter(|fd| fd.is_open());
        Self {
            path: path.to_owned(),
            args: [path.to_owned()].into(),
            vars: env::all_vars(),
            descriptors: open.map(|fd| (fd, fd)).collect(),
            shared: false,
        }
    }

    /// What it is to take for its name, if that is not the path.
    pub fn arg0(&mut self, name: &str) -> &mut Self {
        if let Some(first) = self.args.first_mut() {
            *first = name.to_owned();
        }
        self
    }

    /// One argument more.
    pub fn arg(&mut self, arg: &str) -> &mut Self {
        self.args.push(arg.to_owned());
        self
    }

    /// More arguments.
    pub fn args<T: AsRef<str>>(&mut self, args: impl IntoIterator<Item = T>) -> &mut Self {
        self.args
            .extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    /// It has the variable `name`.
    pub fn env(&mut self, name: &str, value: &str) -> &mut Self {
        self.env_remove(name);
        self.vars.push(format!("{name}={value}"));
        self
    }

    /// It does not.
    pub fn env_remove(&mut self, name: &str) -> &mut Self {
        self.vars.retain(|var| env::name_of(var) != name);
        self
    }

    /// It has none at all.
    pub fn env_clear(&mut self) -> &mut Self {
        self.vars.clear();
        self
    }

    /// Where its relative paths begin.
    pub fn current_dir(&mut self, path: &str) -> &mut Self {
        self.env(env::PWD, path)
    }

    /// Its descriptor `number` is our `fd`.
    pub fn fd(&mut self, number: Fd, fd: Fd) -> &mut Self {
        self.without(number);
        self.descriptors.push((fd, number));
        self
    }

    /// It has no descriptor `number`.
    pub fn without(&mut self, number: Fd) -> &mut Self {
        self.descriptors.retain(|&(_, its)| its != number);
        self
    }

    /// Its standard input is our `fd`.
    pub fn stdin(&mut self, fd: Fd) -> &mut Self {
        self.fd(Fd::STDIN, fd)
    }

    /// Its standard output is our `fd`.
    pub fn stdout(&mut self, fd: Fd) -> &mut Self {
        self.fd(Fd::STDOUT, fd)
    }

    /// What is wrong it says to our `fd`.
    pub fn stderr(&mut self, fd: Fd) -> &mut Self {
        self.fd(Fd::STDERR, fd)
    }

    /// It has all pages too that are shared with children of fork, each at its address.
    pub fn share_library_pages(&mut self) -> &mut Self {
        self.shared = true;
        self
    }

    /// Starts it.
    ///
    /// # Errors
    /// There is no such file, or it cannot be read; or as for [`spawn_bytes`](Self::spawn_bytes).
    pub fn spawn(&mut self) -> Result<Child, Error> {
        let file = File::open(&self.path)?;
        self.spawn_fd(file.fd())
    }

    /// Starts it, and waits until it has ended.
    ///
    /// # Errors
    /// As for [`spawn`](Self::spawn).
    pub fn status(&mut self) -> Result<ExitStatus, Error> {
        Ok(self.spawn()?.wait())
    }

    /// Starts it from its file in memory.
    ///
    /// # Errors
    /// `NotExec`: it is none. `NoMem`, `NoFreeEnv`: nothing has changed.
    pub fn spawn_bytes(&mut self, file: &[u8]) -> Result<Child, Error> {
        self.begin(|gifts| start(&mut Bytes(file), gifts))
    }

    /// Starts it from its file behind `file`, which is read to its end where it is a pipe.
    ///
    /// # Errors
    /// As for [`spawn_bytes`](Self::spawn_bytes); or what reading says.
    pub fn spawn_fd(&mut self, file: Fd) -> Result<Child, Error> {
        if fd::stat(file)?.kind == Kind::File {
            return self.begin(|gifts| start(&mut Open(file), gifts));
        }
        let bytes = all_of(file)?;
        self.spawn_bytes(&bytes)
    }

    fn begin(
        &self,
        start: impl FnOnce(&Gifts<'_>) -> Result<Child, Error>,
    ) -> Result<Child, Error> {
        start(&Gifts {
            name: self.args.first().map_or("", String::as_str),
            block: &Block::new(&self.args, &self.vars)?,
            descriptors: &self.descriptors,
            shared: self.shared,
        })
    }
}
