//! Generational tables: what lets a handle be checked before it is believed.
//!
//! A key packs kind, generation and index. Its kind lies in the top byte and is never zero, so
//! neither NULL nor the address of anything a program owns is a key. A slot's generation grows
//! each time the slot is filled: a key of an earlier generation was given out once and is
//! answered *released*, for ever; a key of a generation that was never reached is *unknown*.
//! A slot whose generations are used up is retired.
//!
//! A slot belongs to one *owner* at a time (the manager whose object it holds) and is reused
//! for that owner only, until the owner is gone. So a released key still tells whose it was,
//! which is what lets a call on it report its result where the application expects it.

use crate::sync::{Arc, RwLock, Weak};

const INDEX_BITS: u32 = 28;
const GENERATION_BITS: u32 = 28;
const KIND_SHIFT: u32 = INDEX_BITS + GENERATION_BITS;
const INDEX_MASK: u64 = (1 << INDEX_BITS) - 1;
const GENERATION_MASK: u64 = (1 << GENERATION_BITS) - 1;
const LAST_GENERATION: u32 = GENERATION_MASK as u32;

/// The value behind a handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Key(u64);

impl Key {
    /// A key from its parts, each within its width.
    pub(crate) fn new(kind: u8, generation: u32, index: u32) -> Self {
        debug_assert!(kind != 0 && u64::from(generation) <= GENERATION_MASK);
        debug_assert!(u64::from(index) <= INDEX_MASK);
        Key(u64::from(kind) << KIND_SHIFT | u64::from(generation) << INDEX_BITS | u64::from(index))
    }

    /// Any value a program may pass.
    pub(crate) fn from_bits(bits: u64) -> Self {
        Key(bits)
    }

    /// The value to give out; never 0.
    pub(crate) fn bits(self) -> u64 {
        self.0
    }

    pub(crate) fn kind(self) -> u8 {
        (self.0 >> KIND_SHIFT) as u8
    }

    fn generation(self) -> u32 {
        (self.0 >> INDEX_BITS & GENERATION_MASK) as u32
    }

    fn index(self) -> usize {
        (self.0 & INDEX_MASK) as usize
    }
}

/// What a key stands for.
#[derive(Debug)]
pub(crate) enum Lookup<T, O> {
    /// A live object.
    Live(T),
    /// It was one. The owner is there while it lives.
    Released(Option<Arc<O>>),
    /// No such key was ever given out by this table.
    Unknown,
}

struct Slot<T, O> {
    /// Generation of the present object, or of the last one. 0: never filled.
    generation: u32,
    value: Option<T>,
    owner: Weak<O>,
    /// First generation that belongs to `owner`.
    owned_since: u32,
}

struct Slots<T, O> {
    slots: Vec<Slot<T, O>>,
    free: Vec<u32>,
}

/// A table of one kind of object.
pub(crate) struct Table<T, O> {
    kind: u8,
    slots: RwLock<Slots<T, O>>,
}

impl<T, O> Table<T, O> {
    pub(crate) fn new(kind: u8) -> Self {
        Table { kind, slots: RwLock::new(Slots { slots: Vec::new(), free: Vec::new() }) }
    }

    /// Puts an object in and gives the key for it. `None` when every index is taken.
    pub(crate) fn insert(&self, owner: &Arc<O>, value: T) -> Option<Key> {
        let mut guard = self.slots.write();
        let Slots { slots, free } = &mut *guard;
        let weak = Arc::downgrade(owner);
        // The last freed slot first: it is warm. Slots of other living owners stay theirs.
        let found = free.iter().rposition(|&index| {
            let slot = &slots[index as usize];
            Weak::ptr_eq(&slot.owner, &weak) || slot.owner.strong_count() == 0
        });
        let index = match found {
            Some(position) => free.swap_remove(position),
            None => {
                let index = u32::try_from(slots.len()).ok().filter(|&i| u64::from(i) <= INDEX_MASK)?;
                slots.push(Slot { generation: 0, value: None, owner: Weak::new(), owned_since: 0 });
                index
            }
        };
        let slot = &mut slots[index as usize];
        slot.generation += 1;
        slot.value = Some(value);
        if !Weak::ptr_eq(&slot.owner, &weak) {
            slot.owner = weak;
            slot.owned_since = slot.generation;
        }
        Some(Key::new(self.kind, slot.generation, index))
    }

    /// What the key stands for now. The lock is gone when this returns.
    pub(crate) fn get(&self, key: Key) -> Lookup<T, O>
    where
        T: Clone,
    {
        let guard = self.slots.read();
        let Some(slot) = self.slot(&guard.slots, key) else { return Lookup::Unknown };
        match &slot.value {
            Some(value) if slot.generation == key.generation() => Lookup::Live(value.clone()),
            _ if key.generation() >= slot.owned_since => Lookup::Released(slot.owner.upgrade()),
            _ => Lookup::Released(None),
        }
    }

    /// Changes the object in place, under the table's lock: for counters, nothing that waits.
    pub(crate) fn update<R>(&self, key: Key, change: impl FnOnce(&mut T) -> R) -> Lookup<R, O> {
        let mut guard = self.slots.write();
        match self.slot_mut(&mut guard.slots, key) {
            None => Lookup::Unknown,
            Some(slot) if slot.generation != key.generation() => Lookup::Released(None),
            Some(slot) => match &mut slot.value {
                Some(value) => Lookup::Live(change(value)),
                None => Lookup::Released(None),
            },
        }
    }

    /// Takes the object out; the value is dropped by the caller, outside the lock.
    pub(crate) fn remove(&self, key: Key) -> Lookup<T, O> {
        match self.remove_if(key, |_| true) {
            Lookup::Live(Some(value)) => Lookup::Live(value),
            Lookup::Live(None) | Lookup::Unknown => Lookup::Unknown,
            Lookup::Released(owner) => Lookup::Released(owner),
        }
    }

    /// Changes the object and takes it out if `change` says so, as one step. `Live(None)`: it
    /// stays.
    pub(crate) fn remove_if(&self, key: Key, change: impl FnOnce(&mut T) -> bool) -> Lookup<Option<T>, O> {
        let mut guard = self.slots.write();
        let Some(slot) = self.slot_mut(&mut guard.slots, key) else { return Lookup::Unknown };
        if slot.generation != key.generation() {
            return Lookup::Released(None);
        }
        let Some(value) = &mut slot.value else { return Lookup::Released(slot.owner.upgrade()) };
        if !change(value) {
            return Lookup::Live(None);
        }
        let taken = slot.value.take();
        if slot.generation < LAST_GENERATION {
            guard.free.push(key.index() as u32);
        }
        Lookup::Live(taken)
    }

    /// The number of live objects.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.slots.read().slots.iter().filter(|slot| slot.value.is_some()).count()
    }

    /// Takes out every object of this owner, for the owner's end.
    pub(crate) fn remove_owned(&self, owner: &Arc<O>) -> Vec<T> {
        let mut guard = self.slots.write();
        let Slots { slots, free } = &mut *guard;
        let weak = Arc::downgrade(owner);
        let mut taken = Vec::new();
        for (index, slot) in slots.iter_mut().enumerate() {
            if !Weak::ptr_eq(&slot.owner, &weak) {
                continue;
            }
            if let Some(value) = slot.value.take() {
                taken.push(value);
                if slot.generation < LAST_GENERATION {
                    free.push(index as u32);
                }
            }
        }
        taken
    }

    fn slot<'a>(&self, slots: &'a [Slot<T, O>], key: Key) -> Option<&'a Slot<T, O>> {
        self.issued(slots, key).then(|| &slots[key.index()])
    }

    fn slot_mut<'a>(&self, slots: &'a mut [Slot<T, O>], key: Key) -> Option<&'a mut Slot<T, O>> {
        self.issued(slots, key).then(|| &mut slots[key.index()])
    }

    /// Was this key ever given out?
    fn issued(&self, slots: &[Slot<T, O>], key: Key) -> bool {
        key.kind() == self.kind
            && key.generation() != 0
            && slots.get(key.index()).is_some_and(|slot| key.generation() <= slot.generation)
    }
}

#[cfg(all(test, loom))]
mod models;

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn is_live<T, O>(lookup: &Lookup<T, O>) -> bool {
        matches!(lookup, Lookup::Live(_))
    }

    #[test]
    fn a_key_lives_until_it_is_removed_and_is_released_for_ever() {
        let owner = Arc::new(());
        let table = Table::new(3);
        let first = table.insert(&owner, 'a').unwrap();
        assert!(matches!(table.get(first), Lookup::Live('a')));
        assert!(matches!(table.remove(first), Lookup::Live('a')));
        for round in 0..1000 {
            let key = table.insert(&owner, 'b').unwrap();
            assert_eq!(key.index(), 0, "the slot is used again");
            assert!(matches!(table.get(first), Lookup::Released(Some(_))), "round {round}");
            table.remove(key);
        }
        assert!(matches!(table.remove(first), Lookup::Released(_)));
        assert_eq!(table.len(), 0);
    }

    #[test]
    fn what_was_never_given_out_is_unknown() {
        let owner = Arc::new(());
        let table = Table::new(3);
        let key = table.insert(&owner, ()).unwrap();
        for bits in [
            0,
            1,
            u64::MAX,
            key.bits() + 1,
            Key::new(3, 2, 0).bits(),
            Key::new(3, 0, 0).bits(),
            Key::new(4, 1, 0).bits(),
            &raw const table as u64,
        ] {
            assert!(matches!(table.get(Key::from_bits(bits)), Lookup::Unknown), "{bits:#x}");
            assert!(matches!(table.remove(Key::from_bits(bits)), Lookup::Unknown), "{bits:#x}");
        }
    }

    #[test]
    fn slots_of_a_living_owner_stay_its_own() {
        let (one, other) = (Arc::new(1), Arc::new(2));
        let table = Table::new(1);
        let key = table.insert(&one, ()).unwrap();
        table.remove(key);
        let foreign = table.insert(&other, ()).unwrap();
        assert_ne!(foreign.index(), key.index());
        assert!(matches!(table.get(key), Lookup::Released(Some(owner)) if *owner == 1));
        drop(one);
        assert!(matches!(table.get(key), Lookup::Released(None)));
        let adopted = table.insert(&other, ()).unwrap();
        assert_eq!(adopted.index(), key.index());
        assert!(matches!(table.get(key), Lookup::Released(None)), "not the new owner's");
    }

    #[test]
    fn an_exhausted_slot_is_retired() {
        let owner = Arc::new(());
        let table = Table::new(1);
        table.insert(&owner, ()).unwrap();
        table.slots.write().slots[0].generation = LAST_GENERATION;
        let last = Key::new(1, LAST_GENERATION, 0);
        assert!(is_live(&table.remove(last)));
        assert_eq!(table.insert(&owner, ()).unwrap().index(), 1);
        assert!(matches!(table.get(last), Lookup::Released(_)));
    }

    #[test]
    fn the_owners_end_takes_its_objects_only() {
        let (one, other) = (Arc::new(1), Arc::new(2));
        let table = Table::new(1);
        let mine = table.insert(&one, 'm').unwrap();
        let foreign = table.insert(&other, 'f').unwrap();
        assert_eq!(table.remove_owned(&one), ['m']);
        assert!(matches!(table.get(mine), Lookup::Released(_)));
        assert!(is_live(&table.get(foreign)));
    }

    proptest! {
        #[test]
        fn parts_come_back_from_a_key(kind in 1u8.., generation in 0u32..=LAST_GENERATION, index in 0u32..1 << INDEX_BITS) {
            let key = Key::from_bits(Key::new(kind, generation, index).bits());
            prop_assert_eq!((key.kind(), key.generation(), key.index()), (kind, generation, index as usize));
            prop_assert!(key.bits() != 0);
        }

        /// Against a plain model: a map of live keys and a set of released ones.
        #[test]
        fn agrees_with_a_map(operations in prop::collection::vec((any::<bool>(), 0usize..40), 0..200)) {
            let owner = Arc::new(());
            let table = Table::new(9);
            let mut live: Vec<(Key, usize)> = Vec::new();
            let mut released: Vec<Key> = Vec::new();
            for (number, (insert, pick)) in operations.into_iter().enumerate() {
                if insert || live.is_empty() {
                    let key = table.insert(&owner, number).unwrap();
                    prop_assert!(live.iter().all(|(k, _)| *k != key) && !released.contains(&key));
                    live.push((key, number));
                } else {
                    let (key, value) = live.swap_remove(pick % live.len());
                    prop_assert!(matches!(table.remove(key), Lookup::Live(v) if v == value));
                    released.push(key);
                }
                for (key, value) in &live {
                    prop_assert!(matches!(table.get(*key), Lookup::Live(v) if v == *value));
                }
                for key in &released {
                    prop_assert!(matches!(table.get(*key), Lookup::Released(Some(_))));
                }
            }
            prop_assert_eq!(table.len(), live.len());
        }
    }
}
