//! What is true of every program of the disk.

use super::shell::{disk, expect, lines};
use super::told;
use anyhow::{Context, Result, ensure};
use libtest_mimic::Failed;
use mos_run::machine::Machine;
use mos_run::tree::Tree;

/// Each program, by itself or with others.
const COMMANDS: &[&str] = &[
    "cat motd | head -n 1; cat nothing",
    "cp motd a; mv a b; rm b",
    "echo a | tee b | wc; hexdump b; tail b; sort b; rm b",
    "false | true; test -e motd",
    "free; ps; lsfd; uptime; pwd; sync",
    "grep Wel motd; num motd; ls -l | xargs echo",
    "mkdir -p d/e; touch d/e/f; tree d; rm -r d",
    "time sleep 0.01; kill 0; leaks",
    "icode <<< exit; boot",
    "primespipe 5; spawnhello",
    "testarg a; testbss; devtst",
    "testfdsharing; testkbd < motd",
    "testpipe; testpiperace",
    "testptelibrary",
    "writemotd; fstest; fs_test",
    "sh -c 'sleep 9 & kill $!'",
];

/// What would end the system, or is called by another one, or another name of one.
const OTHERS: [&str; 3] = ["halt", "init", "["];

/// Whatever programs have had, they give back.
pub fn leaks(tree: &Tree, machine: Machine) -> Result<(), Failed> {
    told(|| {
        let folder = tempfile::tempdir()?;
        let disk = disk(tree, folder.path())?;
        let mut typed = String::from("ls /bin | xargs -n 99 echo programs:\n");
        for commands in COMMANDS.chunks(4) {
            let quoted = commands
                .iter()
                .map(|command| format!("\"{}\"", escaped(command)));
            let quoted: Vec<_> = quoted.collect();
            typed += &format!(
                "leaks {} > seen; echo $?; tail -n 5 seen\n",
                quoted.join(" ")
            );
        }
        typed += "leaks 'echo a > $$' > seen; echo $?; cat seen | xargs -n 4 echo\n";
        let seen = lines(tree, machine, &disk, &typed)?;
        let programs = seen.iter().find_map(|line| line.strip_prefix("programs:"));
        let programs = programs.context("no list of the programs")?;
        let words = COMMANDS
            .iter()
            .flat_map(|command| command.split([' ', ';', '\'']));
        let called: Vec<_> = words.chain(OTHERS).collect();
        for program in programs.split_whitespace() {
            ensure!(called.contains(&program), "nothing here calls {program}");
        }
        let looked_at = COMMANDS
            .chunks(4)
            .flat_map(|_| ["0", "4 commands looked at"]);
        let looked_at = looked_at.chain(["1", "echo a > $$:"]);
        expect(&seen, &looked_at.collect::<Vec<_>>())
    })
}

/// As it is written between double quotes.
fn escaped(command: &str) -> String {
    command.replace('$', "\\$")
}

/// What the clock is for.
pub fn clock(tree: &Tree, machine: Machine) -> Result<(), Failed> {
    told(|| {
        let folder = tempfile::tempdir()?;
        let disk = disk(tree, folder.path())?;
        let typed = "uptime; sleep 0.5; uptime; time sleep 0.25; time false; echo time $?\n\
            sleep x; sleep 1.5.5; sleep 99999999; sleep 60 & sleep 0.5; ps | grep sleep > seen; kill $!\n\
            cat seen; /bin/kill 0; /bin/kill 77777777; /bin/kill $$; echo kill $?\n";
        let seen = lines(tree, machine, &disk, typed)?;
        expect(
            &seen,
            &[
                "time 1",
                "sleep: x: that is no number of seconds",
                "sleep: 1.5.5: that is no number of seconds",
                "sleep: 99999999: that is no number of seconds",
                "kill: 0: a process is 8 hex digits",
                "kill: 77777777: there is no such process",
                "kill 1",
            ],
        )?;
        let seconds = |line: &String| line.strip_suffix(" s")?.parse::<f64>().ok();
        let times: Vec<f64> = seen.iter().filter_map(seconds).collect();
        ensure!(
            matches!(times[..], [slept, _] if slept >= 0.25),
            "{times:?}"
        );
        let up = |line: &String| {
            line.strip_prefix("up ")?
                .split(' ')
                .next()?
                .parse::<f64>()
                .ok()
        };
        let up: Vec<f64> = seen.iter().filter_map(up).collect();
        ensure!(
            matches!(up[..], [first, second] if second - first >= 0.5),
            "{up:?}"
        );
        let waits = seen
            .iter()
            .any(|line| line.contains(" waits ") && line.ends_with(" sleep"));
        ensure!(waits, "{seen:?}");
        Ok(())
    })
}
