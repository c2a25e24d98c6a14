//! Answers that wait.

use mos_abi::EnvId;
use mos_server::late::{Answers, Offer, ROOM};

#[test]
fn whoever_waits_has_his_answer_however_many_do_not() {
    let mut answers = Answers::default();
    let put = |answers: &mut Answers, to| {
        let place = answers.place_for(EnvId(to));
        answers.put(place, EnvId(to), to, None);
    };
    for deaf in 0..ROOM as u32 {
        put(&mut answers, deaf);
    }
    // They were offered theirs.
    answers.offer(true, |_, _| Offer::Again, |_| {});
    put(&mut answers, 100);
    for deaf in 50..56 {
        put(&mut answers, deaf);
        let mut taken = false;
        answers.offer(
            false,
            |_, late| {
                taken |= late.to == EnvId(100);
                Offer::Again
            },
            |_| {},
        );
        assert!(taken);
    }
}

#[test]
fn who_never_listens_is_given_up() {
    let mut answers = Answers::default();
    let place = answers.place_for(EnvId(7));
    answers.put(place, EnvId(7), 1, Some(2));
    assert_eq!(answers.place_for(EnvId(7)), place);
    let mut free = Vec::new();
    let mut offers = 0;
    while !answers.is_empty() {
        answers.offer(true, |_, _| Offer::Again, |place| free.push(place));
        offers += 1;
    }
    assert_eq!((offers, free), (200, vec![place]));
}
