//! Several archives at a time, and what is said of them in their order.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::thread;

/// Does `one` for each number below `count`, as many as `jobs` at a time, and hands each result to `tell` as soon as all
/// before it have been told.
pub fn in_order<T: Send>(
    count: usize,
    jobs: usize,
    one: impl Fn(usize) -> T + Sync,
    mut tell: impl FnMut(T) -> ControlFlow<()>,
) {
    let next = AtomicUsize::new(0);
    let (sender, results) = channel();
    thread::scope(|scope| {
        for _ in 0..jobs.min(count) {
            let (sender, next, one) = (sender.clone(), &next, &one);
            scope.spawn(move || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    // Nobody listens any more where telling has failed.
                    if index >= count || sender.send((index, one(index))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let (mut waiting, mut due) = (BTreeMap::new(), 0);
        for (index, result) in results {
            waiting.insert(index, result);
            while let Some(result) = waiting.remove(&due) {
                if tell(result).is_break() {
                    return; // and nobody listens any more
                }
                due += 1;
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Condvar, Mutex};

    #[test]
    fn what_is_done_out_of_order_is_told_in_order_and_as_soon_as_it_can_be() {
        // The first is not done before the last has begun.
        let (begun, bell) = (Mutex::new(0), Condvar::new());
        let mut told = Vec::new();
        let one = |index: usize| {
            let mut last = begun.lock().unwrap();
            *last = index.max(*last);
            bell.notify_all();
            if index == 0 {
                drop(bell.wait_while(last, |last| *last < 4).unwrap());
            }
            index
        };
        in_order(5, 2, one, |index| {
            told.push(index);
            ControlFlow::Continue(())
        });
        assert_eq!(told, [0, 1, 2, 3, 4]);
        in_order(0, 2, one, |_| unreachable!());
    }

    /// A result that says when it is dropped.
    struct Dropped<'a>(Option<&'a (Mutex<bool>, Condvar)>);

    impl Drop for Dropped<'_> {
        fn drop(&mut self) {
            if let Some((over, bell)) = self.0 {
                *over.lock().unwrap() = true;
                bell.notify_all();
            }
        }
    }

    #[test]
    fn who_is_told_may_have_nothing_more_begun() {
        let (begun, bell) = (Mutex::new(0), Condvar::new());
        let over = (Mutex::new(false), Condvar::new());
        let one = |index| {
            let mut begun = begun.lock().unwrap();
            *begun += 1;
            bell.notify_all();
            match index {
                // When the result of 1 is on its way, since 2 has begun.
                0 => drop(bell.wait_while(begun, |begun| *begun < 3).unwrap()),
                1 => drop(begun),
                // When that result is gone, with all that nobody wants to be told any more.
                _ => {
                    drop(begun);
                    drop(over.1.wait_while(over.0.lock().unwrap(), |over| !*over));
                }
            }
            Dropped((index == 1).then_some(&over))
        };
        let mut told = 0;
        in_order(100, 2, one, |_| {
            told += 1;
            ControlFlow::Break(())
        });
        assert_eq!((told, *begun.lock().unwrap()), (1, 4));
    }

    #[test]
    fn no_more_are_begun_at_a_time_than_were_asked_for() {
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let one = |_| {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            thread::yield_now();
            now.fetch_sub(1, Ordering::SeqCst);
        };
        in_order(100, 3, one, |()| ControlFlow::Continue(()));
        assert!((1..=3).contains(&most.into_inner()));
    }
}
