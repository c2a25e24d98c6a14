//! How often each of several environments that never give way has a CPU, where all CPUs tick.

use mos_abi::Sysno;

use super::machine::Cpus;
use super::spec::call;

/// Ticks of each CPU.
const TICKS: u32 = 500;
/// Most environments.
const MOST: usize = 10;

/// How often each of `count` environments was found on one of `cpus` CPUs, where these tick in any order.
fn shares(count: usize, cpus: usize) -> Vec<u32> {
    let mut machine = Cpus::new(cpus, count as u64);
    for _ in 1..count {
        let child = call(&mut machine, Sysno::EnvAlloc, [0; 5]);
        call(&mut machine, Sysno::SetEnvStatus, [child, 1, 0, 0, 0]);
    }
    let mut found = vec![0; MOST];
    for _ in 0..TICKS {
        let first = machine.chance.below(cpus as u32) as usize;
        for number in (first..cpus).chain(0..first) {
            machine.trap(number, None);
        }
        for slot in (0..cpus).filter_map(|number| machine.on(number)) {
            found[slot.index()] += 1;
        }
    }
    found.truncate(count);
    found
}

#[test]
fn all_have_the_same_share_however_many_they_are_and_on_however_many_cpus() {
    for cpus in 1..=4 {
        for count in 1..=MOST {
            let found = shares(count, cpus);
            let all = (count.min(cpus) as u32) * TICKS;
            assert_eq!(
                found.iter().sum::<u32>(),
                all,
                "{count} on {cpus}: {found:?}"
            );
            let due = all / count as u32;
            assert!(
                found.iter().all(|&times| times.abs_diff(due) * 20 <= due),
                "{count} on {cpus}: {found:?} are not within 5 % of {due}"
            );
        }
    }
}
