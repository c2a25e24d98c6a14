//! Answers to those who do not wait for them yet. A program of the course sends its request, and only then begins to receive; on
//! several CPUs the answer may be sooner.

use mos_abi::EnvId;

/// How many answers wait: for more clients that do not receive nobody does.
pub const ROOM: usize = 16;
/// How often each is offered, before its receiver is given up.
const OFFERS: u32 = 200;
/// How often whenever there is an occasion, and not only with the clock.
const SOON: u32 = 8;

/// An answer that was not received yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Late {
    /// For whom it is.
    pub to: EnvId,
    /// Its word.
    pub word: u32,
    /// Its page, where it has one: the flags it is to be mapped with.
    pub page: Option<u32>,
    offers: u32,
}

/// What became of an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// The receiver has it, or will never have it.
    Over,
    /// It does not receive.
    Again,
}

/// All of them, each in a place of its own.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    places: [Option<Late>; ROOM],
}

impl Answers {
    /// Where an answer for `to` can be kept: instead of one that he has not received, as each waits for one at a time; or where
    /// there is room; or instead of the one that was offered most often, as whoever waits takes what he is offered.
    pub fn place_for(&mut self, to: EnvId) -> usize {
        let worth = |(_, late): &(usize, &Option<Late>)| match late {
            Some(late) if late.to == to => u32::MAX,
            None => u32::MAX.saturating_sub(1),
            Some(late) => late.offers,
        };
        let place = self.places.iter().enumerate().max_by_key(worth);
        place.map_or(0, |(place, _)| place)
    }

    /// Keeps an answer there.
    pub fn put(&mut self, place: usize, to: EnvId, word: u32, page: Option<u32>) {
        if let Some(late) = self.places.get_mut(place) {
            *late = Some(Late {
                to,
                word,
                page,
                offers: 0,
            });
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.places.iter().all(Option::is_none)
    }

    /// Offers `all` of them, or those that have not been offered often yet. `offer` is told the place, and `over` which
    /// places are free again.
    pub fn offer(
        &mut self,
        all: bool,
        mut offer: impl FnMut(usize, &Late) -> Offer,
        mut over: impl FnMut(usize),
    ) {
        for (place, late) in self.places.iter_mut().enumerate() {
            let Some(waiting) = late.as_mut().filter(|late| all || late.offers < SOON) else {
                continue;
            };
            waiting.offers = waiting.offers.saturating_add(1);
            let offered = offer(place, waiting);
            if offered == Offer::Over || waiting.offers >= OFFERS {
                *late = None;
                over(place);
            }
        }
    }
}
