//! Messages of four words: runs of pages, and time.

use libos::msg::{self, Parcel, Room, Sender, Timeout};
use libos::{Error, Fork, Window, env, fork, window, yield_now};
use mos_exam::{saw, step};
use mos_user::check::{Check, until, until_it_ends};

use crate::messages::{begin, children, result};

/// Where pages are sent from, and where they go: most runs need two page tables here and there, elsewhere in each.
const FROM: usize = 1024 - 3;
const TO: usize = 2048 - 6;
/// A page that is mapped here as well.
const KEPT: Window = Window::new(300);

/// Pages: as many as there is room for, and none that may not be sent.
pub fn pages(mut check: Check) -> Result<(), Error> {
    let me = env::id();
    let drawn = check.lots.any();
    let sizes: [(u32, u32); 4] = core::array::from_fn(|n| {
        let count = check.lots.from(2, 20);
        let room = check.lots.from(1, count - 1);
        (count, if n % 2 == 0 { room } else { count + room })
    });
    let fill = |count: u32| {
        for n in 0..count {
            let page = Window::new(FROM + n as usize);
            page.alloc(window::PRIVATE)?;
            page.write(n as usize, drawn.rotate_left(n));
        }
        Ok::<(), Error>(())
    };
    let ids = children(sizes.len(), |place| {
        let (count, _) = sizes[place];
        fill(count)?;
        let parcel = Parcel::words([count, drawn, 0, place as u32]);
        let first = Window::new(FROM);
        msg::send(
            me,
            &parcel.with_pages(first, count, window::READ_ONLY),
            Timeout::NEVER,
        )?;
        Ok(count)
    })?;
    step!(check, "a run of pages comes, as far as there is room");
    for (place, (_, room)) in sizes.into_iter().enumerate() {
        begin(&ids, place);
        for n in 0..45 {
            Window::new(TO + n).unmap();
        }
        // One of the places has a page already, which is elsewhere too.
        KEPT.alloc(window::PRIVATE)?;
        KEPT.map_at(me, Window::new(TO), window::PRIVATE)?;
        let room = Room::new(Window::new(TO), room);
        let message = msg::receive(Sender::Anybody, room, Timeout::NEVER)?;
        let there = (0..45).filter(|n| Window::new(TO + n).flags().is_some());
        saw!(
            check,
            "pages that came, how they are mapped, and how many are there",
            (message.pages, message.perm.bits(), there.clone().count())
        );
        let sum = there.fold(0, |sum: u32, n| {
            let page = Window::new(TO + n);
            sum.wrapping_add(page.read(n)).rotate_left(3)
        });
        saw!(check, "the words in them", (message.words[0], sum));
        saw!(check, "what came of sending", result(&ids, place));
        let places = (0..45).map(|n| Window::new(TO + n));
        let there = places.filter(|page| page.flags().is_some());
        let counts = there.map(Window::mappings);
        saw!(
            check,
            "now that the sender has ended, how often the pages are mapped that came, and the one that was there before",
            (counts.sum::<u16>(), KEPT.mappings())
        );
    }

    step!(check, "a page that is gone when its turn comes is not sent");
    let gone = check.lots.from(0, 4) as usize;
    let ids = children(2, |place| {
        fill(5)?;
        let parcel = Parcel::words([drawn, place as u32, 0, 0]);
        msg::send(
            me,
            &parcel.with_pages(Window::new(FROM), 5, window::READ_ONLY),
            Timeout::NEVER,
        )?;
        Ok(drawn)
    })?;
    (0..2).for_each(|place| begin(&ids, place));
    Window::new(FROM + gone).unmap_of(ids[0])?;
    let message = msg::receive(Sender::Anybody, Room::NONE, Timeout::NEVER)?;
    saw!(
        check,
        "the words of the next one, and its pages",
        (message.words, message.pages)
    );
    for place in 0..2 {
        saw!(check, "what came of sending", result(&ids, place));
    }

    step!(check, "what may not be sent is refused at once");
    let page = Window::new(FROM);
    page.alloc(window::READ_ONLY)?;
    Window::new(FROM + 1).unmap();
    let many = Window::new(500);
    for n in 0..65 {
        Window::new(500 + n).alloc(window::PRIVATE)?;
    }
    let mut parcels = [
        (page, 1, window::PRIVATE),
        (page, 2, window::READ_ONLY),
        (many, 65, window::READ_ONLY),
        (many, 64, window::READ_ONLY),
        (page, check.lots.from(66, 0xf_ffff), window::READ_ONLY),
        (page, 1, window::COPY_ON_WRITE),
    ];
    check.lots.shuffle(&mut parcels);
    let Fork::Parent(deaf) = fork()? else {
        env::spin()
    };
    for (page, count, perm) in parcels {
        let parcel = Parcel::words([drawn; 4]).with_pages(page, count, perm);
        let sent = msg::send(deaf, &parcel, Timeout::AT_ONCE);
        saw!(
            check,
            "how many, with which flags, and what came of it",
            (count, perm.bits(), sent)
        );
    }
    env::destroy(deaf)?;
    Ok(())
}

/// Time: waits last as many ticks as they may, and no longer.
pub fn times(mut check: Check) -> Result<(), Error> {
    let Fork::Parent(busy) = fork()? else {
        env::spin()
    };
    let turns = || env::slot_of(busy).runs();
    until(|| turns() > 1);
    let mut waits = [1, 2, 3, 5, check.lots.from(6, 20)];
    check.lots.shuffle(&mut waits);
    step!(check, "nothing comes, and the time is over");
    for ticks in waits {
        // From the beginning of a turn of ours.
        yield_now();
        let before = turns();
        let came = msg::receive(Sender::Anybody, Room::NONE, Timeout::ticks(ticks));
        let passed = turns() - before;
        saw!(
            check,
            "ticks, turns that another one had, and what the call returned",
            (ticks, passed, came.map(|m| m.words))
        );
    }

    step!(check, "nobody hears, and the time is over");
    for ticks in waits {
        yield_now();
        let before = turns();
        let parcel = Parcel::words([ticks; 4]);
        let sent = msg::send(busy, &parcel, Timeout::ticks(ticks));
        let passed = turns() - before;
        saw!(
            check,
            "ticks, turns that another one had, and what the call returned",
            (ticks, passed, sent)
        );
    }
    let sent = msg::send(busy, &Parcel::words([1; 4]), Timeout::AT_ONCE);
    saw!(check, "without time", sent);

    step!(check, "who is heard in time is not disturbed afterwards");
    let me = env::id();
    let words = [(); 4].map(|()| check.lots.any());
    let ids = children(1, |_| {
        msg::exchange(
            (me, &Parcel::words(words), Timeout::ticks(5)),
            (Sender::Only(me), Room::NONE, Timeout::ticks(40)),
        )
        .map(|message| message.words[1])
        .map_err(|failed| failed.error)
    })?;
    begin(&ids, 0);
    let message = msg::receive(Sender::Anybody, Room::NONE, Timeout::NEVER)?;
    for _ in 0..12 {
        yield_now();
    }
    let [a, b, c, d] = message.words;
    let sent = msg::send(message.from, &Parcel::words([b, c, d, a]), Timeout::AT_ONCE);
    saw!(
        check,
        "the words, and what came of the answer",
        (message.words, sent)
    );
    saw!(check, "what was made of it", result(&ids, 0));

    step!(
        check,
        "a message that came with the last tick is not there twice"
    );
    env::destroy(busy)?;
    until_it_ends(busy);
    let none = msg::receive(Sender::Anybody, Room::NONE, Timeout::ticks(3));
    saw!(check, "a message of nobody", none.map(|m| m.words));
    Ok(())
}
