//! Ticks that come while the kernel is busy with those that have ended.

use mos_core::machine::Pending;

use super::world::World;
use crate::model::{Model, Moment, Ruled};

impl<const ASIDS: u32, R: Ruled> World<'_, ASIDS, R> {
    /// Before a trap: if a tick is to come amid the kernel's work and `may_come`, it will, where the kernel looks often
    /// enough. Returns whether it may.
    pub fn arm(&mut self, may_come: bool) -> bool {
        let looks = self.tick_amid.filter(|_| may_come);
        if let Some(looks) = looks {
            let tick = Pending {
                timer: true,
                console: false,
            };
            let pending = &mut self.rig.machine().pending;
            pending.extend((0..looks).map(|_| Pending::default()));
            pending.push_back(tick);
        }
        looks.is_some()
    }

    /// After it: the model does the same. The kernel alone knows how long its work takes; so the tick, if it has come, has
    /// come at one of the moments at which it may have.
    pub fn follow(&mut self, act: impl Fn(&mut Model)) {
        let pending = std::mem::take(&mut self.rig.machine().pending);
        if self.tick_amid.is_none() || !pending.is_empty() {
            return act(&mut self.model);
        }
        self.tick_amid = None;
        self.tally.ticks_amid += 1;
        let clearing = (0..=self.model.dying())
            .flat_map(|others| [Moment::Clearing(others), Moment::LastPiece(others)]);
        let kinds = [(false, false), (false, true), (true, false), (true, true)];
        let parting = (0..=self.model.envs.len()).flat_map(|told| {
            kinds.map(|(looking, gone)| Moment::Parting {
                told,
                looking,
                gone,
            })
        });
        let moments = [Moment::BeforeEnd].into_iter().chain(clearing);
        let mut moments = moments.chain(parting);
        let found = moments.find_map(|moment| {
            let mut model = self.model.clone();
            model.moment = Some(moment);
            act(&mut model);
            model.may_be(&mut self.rig).then_some(model)
        });
        self.model = found.expect("a moment at which the tick may have come");
    }
}
