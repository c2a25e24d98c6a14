//! Carrying out a list.

use crate::expand::{self, Values};
use crate::jobs::Jobs;
use crate::parser::{self, Error};
use crate::system::{End, Io, Pid, System};
use crate::tree::{Chain, Link, List};
use crate::vars::Vars;
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// How a command ends that the user has interrupted.
pub const INTERRUPTED: i32 = 130;
/// How a program ends that ends the system: the shell that has started it ends in the same way.
pub const HALT: u8 = 251;
/// How one ends that somebody else has ended.
pub const KILLED: i32 = 137;
/// How a line ends that is none.
const MISUSED: i32 = 2;

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// The next command.
    Next,
    /// Nothing: the shell ends, with [`Shell::status`].
    Exit,
    /// The next line: the user has interrupted this one.
    Interrupted,
}

/// What a shell knows.
#[derive(Clone, Debug, Default)]
pub struct Shell {
    /// Variables.
    pub vars: Vars,
    /// Its name, and the arguments it was given.
    pub arguments: Vec<String>,
    /// How the last command has ended: `$?`.
    pub status: i32,
    /// What runs meanwhile.
    pub jobs: Jobs,
    /// Whether a person types, who is told of jobs.
    pub is_interactive: bool,
    /// Who this is: `$$`.
    pub id: Pid,
}

impl Values for Shell {
    fn value(&self, name: &str) -> Option<String> {
        match name {
            "?" => expand::number(self.status),
            "#" => expand::number(self.arguments().len()),
            "$" => Some(id(self.id)),
            "!" => self.jobs.last_pid().map(id),
            name => match name.parse::<usize>() {
                Ok(number) => self.arguments.get(number).cloned(),
                Err(_) => self.vars.get(name).map(str::to_owned),
            },
        }
    }

    fn arguments(&self) -> &[String] {
        self.arguments.get(1..).unwrap_or_default()
    }
}

/// A process as the kernel prints it.
pub fn id(pid: Pid) -> String {
    format!("{pid:08x}")
}

impl Shell {
    /// Carries out `text`.
    ///
    /// # Errors
    /// It is the beginning of something that goes on in the next line; nothing was done.
    pub fn text<S: System>(&mut self, system: &mut S, text: &str, io: Io) -> Result<Flow, Error> {
        match parser::parse(text) {
            Ok(list) => Ok(self.list(system, &list, io)),
            Err(Error::Incomplete) => Err(Error::Incomplete),
            Err(error) => {
                self.complain(system, io, &format!("{error}"), MISUSED);
                Ok(Flow::Next)
            }
        }
    }

    /// Carries out `text`, which has an end here. Whatever it is.
    pub fn whole_text<S: System>(&mut self, system: &mut S, text: &str, io: Io) -> Flow {
        self.text(system, text, io).unwrap_or_else(|error| {
            self.complain(system, io, &format!("{error}"), MISUSED);
            Flow::Next
        })
    }

    /// Carries out `list`.
    pub fn list<S: System>(&mut self, system: &mut S, list: &List, io: Io) -> Flow {
        for item in &list.0 {
            if item.background {
                self.start_chain(system, &item.chain, io);
                continue;
            }
            let flow = self.chain(system, &item.chain, io);
            if flow != Flow::Next {
                return flow;
            }
        }
        Flow::Next
    }

    pub(crate) fn chain<S: System>(&mut self, system: &mut S, chain: &Chain, io: Io) -> Flow {
        // exercise 6.14 begin
        // otherwise: self.pipeline(system, &chain.first, io)
        let mut flow = self.pipeline(system, &chain.first, io);
        for (link, pipeline) in &chain.rest {
            if flow != Flow::Next {
                return flow;
            }
            if (self.status == 0) == (*link == Link::And) {
                flow = self.pipeline(system, pipeline, io);
            }
        }
        flow
        // exercise 6.14 end
    }

    /// Waits for `pids`; the last one's status is that of all, unless that is known: `instead`.
    pub(crate) fn wait<S: System>(
        &mut self,
        system: &mut S,
        pids: &[Pid],
        instead: Option<i32>,
    ) -> Flow {
        match system.wait(pids) {
            End::Status(status) => {
                self.status = instead.unwrap_or(status);
                if self.status == i32::from(HALT) {
                    return Flow::Exit;
                }
                Flow::Next
            }
            End::Interrupted => {
                self.status = INTERRUPTED;
                Flow::Interrupted
            }
        }
    }

    /// Tells the user what does not work, which is the status.
    pub(crate) fn complain<S: System>(&mut self, system: &mut S, io: Io, what: &str, status: i32) {
        let [.., error] = io;
        system.write(error, &format!("sh: {what}\n"));
        self.status = status;
    }
}
