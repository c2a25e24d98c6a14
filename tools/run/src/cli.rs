//! The command line of a tool: reading it, and what the tool's exit says.

use crate::machine::Machine;
use crate::out;
use anyhow::Result;
use clap::Parser;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use std::process::ExitCode;

/// Reads the command line and does what it says.
pub fn main<C: Parser>(execute: impl FnOnce(C) -> Result<ExitCode>) -> ExitCode {
    let cli = match C::try_parse() {
        Ok(cli) => cli,
        Err(error) => return refuse(&error),
    };
    match execute(cli) {
        Ok(code) => code,
        Err(error) => {
            out::tell(format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// The exit of a tool that has judged something.
pub fn verdict(good: bool) -> ExitCode {
    if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// The machine chosen, or all.
pub fn machines(machine: Option<Machine>) -> Vec<Machine> {
    machine.map_or(Machine::ALL.to_vec(), |machine| vec![machine])
}

/// Says in one line what is wrong with a value and which would do; leaves the rest to clap.
fn refuse(error: &clap::Error) -> ExitCode {
    let text = |kind| match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) => Some(texts.join(", ")),
        _ => None,
    };
    let argument = text(ContextKind::InvalidArg).unwrap_or_default();
    let value = text(ContextKind::InvalidValue).unwrap_or_default();
    match (error.kind(), text(ContextKind::ValidValue)) {
        (ErrorKind::InvalidValue, Some(valid)) => {
            out::tell(format!("{argument}: no `{value}`; use one of: {valid}"));
        }
        (ErrorKind::ValueValidation, _) => {
            let why = std::error::Error::source(error).map(ToString::to_string);
            let why = why.unwrap_or_default();
            out::tell(format!("{argument}: no `{value}`; {why}"));
        }
        _ => error.exit(),
    }
    ExitCode::from(2)
}
