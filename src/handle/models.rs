//! Every order in which threads can meet at one table: a key never stands for another object than
//! the one that it was given out for.

use super::*;
use crate::sync::model::{explore, spawn};

type Numbers = Table<u32, u32>;

/// One key, for the object 1.
fn table() -> (Arc<Numbers>, Arc<u32>, Key) {
    let (table, owner) = (Arc::new(Numbers::new(7)), Arc::new(0));
    let key = table.insert(&owner, 1).unwrap();
    (table, owner, key)
}

/// A key is looked up while its object goes and the slot is used again: it is live with its own
/// object, then released for ever.
#[test]
fn a_key_is_its_own_object_or_released() {
    explore(|| {
        let (table, owner, key) = table();
        let (own, other_owner) = (table.clone(), owner.clone());
        let thread = spawn(move || {
            assert!(matches!(own.remove(key), Lookup::Live(1)));
            let second = own.insert(&other_owner, 2).unwrap();
            assert_eq!(second.index(), key.index(), "the slot is used again");
            second
        });
        let seen: Vec<_> = (0..3).map(|_| table.get(key)).collect();
        for pair in seen.windows(2) {
            assert!(!matches!(pair, [Lookup::Released(_), Lookup::Live(_)]), "alive again: {seen:?}");
        }
        assert!(seen.iter().all(|one| matches!(one, Lookup::Live(1) | Lookup::Released(Some(_)))), "{seen:?}");
        let second = thread.join().unwrap();
        assert!(matches!(table.get(key), Lookup::Released(Some(_))));
        assert!(matches!(table.get(second), Lookup::Live(2)));
    });
}

/// Two threads remove the same key, and one fills the slot again: one of them gets the object, and
/// the new one stays.
#[test]
fn an_object_is_taken_out_once() {
    explore(|| {
        let (table, owner, key) = table();
        let (own, other_owner) = (table.clone(), owner.clone());
        let thread = spawn(move || {
            let taken = matches!(own.remove(key), Lookup::Live(1));
            (taken, own.insert(&other_owner, 2).unwrap())
        });
        let taken = match table.remove(key) {
            Lookup::Live(value) => {
                assert_eq!(value, 1);
                true
            }
            Lookup::Released(_) => false,
            Lookup::Unknown => panic!("it was given out"),
        };
        let (by_other, second) = thread.join().unwrap();
        assert!(taken != by_other);
        assert!(matches!(table.get(second), Lookup::Live(2)));
        assert_eq!(table.len(), 1);
    });
}

/// References that are added and dropped by two threads: the object goes with the last one, and a
/// reference is never added to one that is gone.
#[test]
fn the_last_reference_takes_the_object_out() {
    explore(|| {
        let (table, _owner, key) = table();
        let drop_one = move |table: &Numbers| {
            table.remove_if(key, |count| {
                *count -= 1;
                *count == 0
            })
        };
        let own = table.clone();
        let thread = spawn(move || {
            let added = matches!(own.update(key, |count| *count += 1), Lookup::Live(()));
            let last = added && matches!(drop_one(&own), Lookup::Live(Some(0)));
            (added, last)
        });
        let last = match drop_one(&table) {
            Lookup::Live(Some(count)) => {
                assert_eq!(count, 0);
                true
            }
            Lookup::Live(None) => false,
            other => panic!("{other:?}: it had a reference"),
        };
        let (added, last_by_other) = thread.join().unwrap();
        assert!(added || last);
        assert!(last != last_by_other, "taken out once");
        assert!(matches!(table.get(key), Lookup::Released(_)));
    });
}

/// Objects are put in while their owner's are taken out: each is found by the one or stays.
#[test]
fn the_owners_end_misses_nothing_that_is_there() {
    explore(|| {
        let (table, owner, first) = table();
        let (own, other_owner) = (table.clone(), owner.clone());
        let thread = spawn(move || own.insert(&other_owner, 2).unwrap());
        let taken = table.remove_owned(&owner);
        let second = thread.join().unwrap();
        assert!(taken.contains(&1));
        assert!(matches!(table.get(first), Lookup::Released(_)));
        match table.get(second) {
            Lookup::Live(2) => assert_eq!((taken.len(), table.len()), (1, 1)),
            Lookup::Released(_) => assert_eq!((taken.len(), table.len()), (2, 0)),
            other => panic!("{other:?}"),
        }
    });
}
