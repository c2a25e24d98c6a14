//! Starting commands, alone and in pipelines.

use crate::builtin;
use crate::expand;
use crate::find::{self, find};
use crate::shell::{Flow, Shell, id};
use crate::system::{Io, NoStart, Pid, System};
use crate::tree::{Action, Assignment, Chain, Command, List, Pipeline};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// How a command ends of which there is no program.
const NOT_FOUND: i32 = 127;
/// How one ends that is no program.
const NO_PROGRAM: i32 = 126;

/// What there is to wait for: a process, or nothing but a status.
type Started = Result<Pid, i32>;

impl Shell {
    pub(crate) fn pipeline<S: System>(
        &mut self,
        system: &mut S,
        pipeline: &Pipeline,
        io: Io,
    ) -> Flow {
        let flow = match pipeline.commands.as_slice() {
            [only] => self.command(system, only, io),
            commands => {
                let (pids, status) = self.start_all(system, commands, io);
                self.wait(system, &pids, status)
            }
        };
        if pipeline.negated && flow == Flow::Next {
            self.status = i32::from(self.status == 0);
        }
        flow
    }

    /// Carries out a command that is alone, so that it may change this shell.
    fn command<S: System>(&mut self, system: &mut S, command: &Command, io: Io) -> Flow {
        let words = self.words(system, command);
        let assignments = match &command.action {
            Action::Simple(assignments, _)
                if words.first().is_none_or(|name| builtin::is_one(name)) =>
            {
                assignments
            }
            _ => return self.foreground(system, command, &words, io),
        };
        for assignment in assignments {
            let value = expand::one(&assignment.value, self);
            self.vars.set(&assignment.name, value);
        }
        self.status = 0;
        let Some(redirected) = self.redirect(system, &command.redirects, io) else {
            return Flow::Next;
        };
        let flow = match words.is_empty() {
            true => Flow::Next,
            false => builtin::run(self, system, &words, redirected.io),
        };
        redirected.close(system);
        flow
    }

    fn foreground<S: System>(
        &mut self,
        system: &mut S,
        command: &Command,
        words: &[String],
        io: Io,
    ) -> Flow {
        match self.start(system, command, words, io) {
            Ok(pid) => self.wait(system, &[pid], None),
            Err(status) => {
                self.status = status;
                Flow::Next
            }
        }
    }

    /// The program and the arguments that `command` has; none, if it is in parentheses.
    fn words<S: System>(&self, system: &mut S, command: &Command) -> Vec<String> {
        match &command.action {
            Action::Simple(_, words) => expand::all(words, self, system),
            Action::Group(_) => Vec::new(),
        }
    }

    /// Starts `chain`, which nobody waits for and which reads nothing that others may want to read.
    pub(crate) fn start_chain<S: System>(&mut self, system: &mut S, chain: &Chain, io: Io) {
        // exercise 6.17 begin
        let [_, output, error] = io;
        let nothing = match system.text("") {
            Ok(fd) => fd,
            Err(why) => return self.complain(system, io, &why, 1),
        };
        let quiet = [nothing, output, error];
        let (pids, status) = match chain.rest.as_slice() {
            [] => self.start_all(system, &chain.first.commands, quiet),
            _ => match self.fork(system, quiet, |shell, system| {
                shell.chain(system, chain, quiet);
            }) {
                Ok(pid) => ([pid].into(), None),
                Err(status) => (Vec::new(), Some(status)),
            },
        };
        system.close(nothing);
        self.status = status.unwrap_or(0);
        let Some(&last) = pids.last() else {
            return;
        };
        let number = self.jobs.add(pids, chain.to_string());
        if self.is_interactive {
            system.write(error, &format!("[{number}] {}\n", id(last)));
        }
        // exercise 6.17 end
    }

    /// Starts `commands` with pipes between them: who they are, and the status of the last if that did not start.
    fn start_all<S: System>(
        &mut self,
        system: &mut S,
        commands: &[Command],
        io: Io,
    ) -> (Vec<Pid>, Option<i32>) {
        // exercise 6.16 begin
        let [first_input, last_output, error] = io;
        let mut pids = Vec::new();
        let mut last = Ok(0);
        let mut input = first_input;
        for (number, command) in commands.iter().enumerate() {
            let is_last = number + 1 == commands.len();
            let (next, output) = match is_last {
                true => (first_input, last_output),
                false => match system.pipe() {
                    Ok(ends) => ends,
                    Err(why) => {
                        self.complain(system, io, &why, 1);
                        last = Err(1);
                        break;
                    }
                },
            };
            let words = self.words(system, command);
            last = self.start(system, command, &words, [input, output, error]);
            pids.extend(last);
            if input != first_input {
                system.close(input);
            }
            if !is_last {
                system.close(output);
            }
            input = next;
        }
        if input != first_input {
            system.close(input);
        }
        (pids, last.err())
        // exercise 6.16 end
    }

    /// Starts one command, which has these words.
    fn start<S: System>(
        &mut self,
        system: &mut S,
        command: &Command,
        words: &[String],
        io: Io,
    ) -> Started {
        let Some(redirected) = self.redirect(system, &command.redirects, io) else {
            return Err(self.status);
        };
        let io = redirected.io;
        let started = match &command.action {
            Action::Group(list) => self.start_group(system, list, io),
            Action::Simple(assignments, _) => match words.first() {
                None => Err(0),
                Some(name) if builtin::is_one(name) => self.fork(system, io, |shell, system| {
                    builtin::run(shell, system, words, io);
                }),
                Some(name) => self.start_program(system, name, words, assignments, io),
            },
        };
        redirected.close(system);
        started
    }

    fn start_group<S: System>(&mut self, system: &mut S, list: &List, io: Io) -> Started {
        self.fork(system, io, |shell, system| {
            shell.list(system, list, io);
        })
    }

    /// Starts a copy of this shell that does `work`.
    fn fork<S: System>(
        &mut self,
        system: &mut S,
        io: Io,
        work: impl FnOnce(&mut Self, &mut S),
    ) -> Started {
        let mut copy = self.clone();
        copy.is_interactive = false;
        copy.jobs = Default::default();
        let forked = system.fork(io, |system| {
            work(&mut copy, system);
            copy.status
        });
        forked.map_err(|why| {
            self.complain(system, io, &why, 1);
            1
        })
    }

    fn start_program<S: System>(
        &mut self,
        system: &mut S,
        name: &str,
        words: &[String],
        assignments: &[Assignment],
        io: Io,
    ) -> Started {
        let path = self.vars.get("PATH").unwrap_or(find::PATH).to_owned();
        let Some(program) = find(name, &path, system) else {
            self.complain(system, io, &format!("{name}: not found"), NOT_FOUND);
            return Err(NOT_FOUND);
        };
        let mut own = self.vars.clone();
        for assignment in assignments {
            own.set(&assignment.name, expand::one(&assignment.value, self));
            own.export(&assignment.name);
        }
        let vars = own.exported();
        let mut started = system.spawn(&program, words, &vars, io);
        if started == Err(NoStart::NoProgram)
            && let Some(shell) = find("sh", &path, system)
        {
            let arguments = words.iter().skip(1).cloned();
            let words: Vec<String> = ["sh".to_owned(), program]
                .into_iter()
                .chain(arguments)
                .collect();
            started = system.spawn(&shell, &words, &vars, io);
        }
        started.map_err(|why| {
            let why = match why {
                NoStart::NoProgram => "it is no program".to_owned(),
                NoStart::Other(why) => why,
            };
            self.complain(system, io, &format!("{name}: {why}"), NO_PROGRAM);
            NO_PROGRAM
        })
    }
}
