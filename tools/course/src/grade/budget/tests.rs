//! What is left out does not depend on who is first.

use super::*;
use crate::grade::check::Check;
use crate::grade::run::Ending;

const BUDGET: Budget = Budget {
    millions: 100,
    seconds: 10,
};

fn taken(millions: u64) -> Taken {
    Taken {
        instructions: millions * 1_000_000,
        ..Taken::default()
    }
}

fn row(name: &str) -> Row {
    Row::decided(&Check::bare(name), Machine::Malta, Verdict::Passed)
}

/// What is said of four checks that take 40, 60, 1 and 1 million, whichever ends in which order.
fn said(order: [usize; 4]) -> (Vec<Verdict>, Option<String>) {
    let ledger = Ledger::new(Some(BUDGET), 4);
    for number in order {
        if ledger.forbids(number).is_none() {
            ledger.note(number, taken([40, 60, 1, 1][number]));
        }
    }
    let mut rows: Vec<_> = (0..4).map(|number| (number, row("a"))).collect();
    let remark = ledger.settle(&mut rows);
    (
        rows.into_iter().map(|(_, row)| row.verdict).collect(),
        remark,
    )
}

#[test]
fn what_is_left_out_goes_by_the_order_of_the_checks() {
    let (verdicts, remark) = said([0, 1, 2, 3]);
    assert_eq!(verdicts[..2], [Verdict::Passed, Verdict::Passed]);
    assert_eq!(verdicts[2..], [BUDGET.not_run(), BUDGET.not_run()]);
    assert_eq!(
        remark.as_deref(),
        Some(
            "2 runs were left out, since those before them had used up the 100 million instructions that all may take"
        )
    );
    for order in [[3, 2, 1, 0], [2, 0, 3, 1], [1, 3, 0, 2]] {
        assert_eq!(said(order), (verdicts.clone(), remark.clone()), "{order:?}");
    }
}

#[test]
fn who_has_used_it_up_is_not_even_begun_and_without_a_budget_everybody_is() {
    let ledger = Ledger::new(Some(BUDGET), 3);
    ledger.note(0, taken(99));
    assert_eq!(ledger.forbids(1), None);
    ledger.note(0, taken(1));
    assert_eq!(ledger.forbids(1), Some(BUDGET.not_run()));
    assert_eq!(ledger.forbids(0), None);
    let ledger = Ledger::new(None, 3);
    ledger.note(0, taken(1 << 30));
    assert_eq!(ledger.forbids(2), None);
    assert_eq!(ledger.settle(&mut [(2, row("a"))]), None);
}

#[test]
fn the_hosts_time_is_nobodys_score() {
    let ledger = Ledger::new(Some(BUDGET), 3);
    let busy = Taken {
        busy: BUDGET.seconds * SECOND,
        ..Taken::default()
    };
    ledger.note(2, busy);
    assert!(matches!(ledger.forbids(0), Some(Verdict::Ungraded(_))));
}

#[test]
fn a_run_at_its_limit_took_all_that_it_might_have() {
    let by = |end, console: &str, instructions, machine| {
        let seen = Seen {
            console: console.to_owned(),
            instructions,
            end,
            busy: 0,
            places: None,
            last: None,
        };
        let taken = Taken::by(&seen, machine, 300);
        (taken.instructions, taken.limit)
    };
    let malta = |end| by(end, "", None, Machine::Malta);
    for end in [Ending::Limit, Ending::Stuck, Ending::TooMuch] {
        assert_eq!(malta(end), (300_000_000, true));
    }
    let clean = by(Ending::Clean, "", Some(7), Machine::Malta);
    assert_eq!(clean, (7, false));
    let said = format!("\r\n{AT_LIMIT}\r\n");
    let gxemul = |console: &str| by(Ending::Failed, console, None, Machine::Gxemul);
    assert_eq!(gxemul(&said), (R3000 * 1_000_000, true));
    assert_eq!(gxemul("panic"), (0, false));
    // On malta that is but a line of the guest's.
    assert_eq!(
        by(Ending::Failed, &said, Some(7), Machine::Malta),
        (7, false)
    );
}
