//! The boundary to files and processes.

use alloc::string::String;
use alloc::vec::Vec;

/// What is at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    File,
    /// A directory.
    Directory,
}

/// A look at what there is.
pub trait Look {
    /// What is in a directory, in any order; nothing, if it cannot be read.
    fn names(&mut self, dir: &str) -> Vec<String>;

    /// What is at a path.
    fn kind(&mut self, path: &str) -> Option<Kind>;
}

/// An open file or an end of a pipe, by its number.
pub type Fd = u32;

/// A process.
pub type Pid = u32;

/// Where a command reads, writes, and complains.
pub type Io = [Fd; 3];

/// What is done with a file that is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// It is read.
    Read,
    /// It is written, is made if it is not there, and is empty first.
    Write,
    /// It is written at its end, and is made if it is not there.
    Append,
}

/// Why a program did not start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoStart {
    /// It is no program, but may be a script.
    NoProgram,
    /// The system says why.
    Other(String),
}

/// How processes have ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The last of them with this status.
    Status(i32),
    /// By the user, who does not want to wait for them.
    Interrupted,
}

/// What a shell needs. Errors are what the user is told.
pub trait System: Look {
    /// Opens a file.
    ///
    /// # Errors
    /// It cannot be opened.
    fn open(&mut self, path: &str, mode: Mode) -> Result<Fd, String>;

    /// Makes a pipe: the end to read from, and the end to write to.
    ///
    /// # Errors
    /// There can be no more.
    fn pipe(&mut self) -> Result<(Fd, Fd), String>;

    /// Something to read `text` from.
    ///
    /// # Errors
    /// There is no room.
    fn text(&mut self, text: &str) -> Result<Fd, String>;

    /// Closes what was opened here.
    fn close(&mut self, fd: Fd);

    /// Writes all of `text`, or as much as anybody reads.
    fn write(&mut self, fd: Fd, text: &str);

    /// Starts the program at `path`, which has the descriptors `io` and no others.
    ///
    /// # Errors
    /// It did not start.
    fn spawn(
        &mut self,
        path: &str,
        args: &[String],
        vars: &[(String, String)],
        io: Io,
    ) -> Result<Pid, NoStart>;

    /// Starts a copy of the shell that does `work` with the descriptors `io` and no others, and ends with the status
    /// that this gives.
    ///
    /// # Errors
    /// It did not start.
    fn fork(&mut self, io: Io, work: impl FnOnce(&mut Self) -> i32) -> Result<Pid, String>;

    /// Waits until all of `pids` have ended. If the user does not want that, they end at once.
    fn wait(&mut self, pids: &[Pid]) -> End;

    /// How a process has ended, if it has.
    fn ended(&mut self, pid: Pid) -> Option<i32>;

    /// Ends a process.
    ///
    /// # Errors
    /// There is none, or it is not ours to end.
    fn kill(&mut self, pid: Pid) -> Result<(), String>;

    /// Where relative paths begin.
    fn current_dir(&mut self) -> String;

    /// Has relative paths begin at `path`.
    ///
    /// # Errors
    /// It is no directory.
    fn change_dir(&mut self, path: &str) -> Result<(), String>;
}
