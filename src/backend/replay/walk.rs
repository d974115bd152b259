//! A file from its beginning to its end without a clock, for the fuzzer: whatever is in it, what a
//! reader tells keeps its promises.

use super::{Item, Reader, Replay, open};
use crate::error::Result;
use std::path::Path;

/// Runs of a session recording, and things in a run, are not more in a file that is worth it.
const MOST_RUNS: usize = 64;
const MOST_ITEMS: usize = 4096;
/// Larger pictures are not read.
const ROOM: usize = 1 << 16;

/// Plays a file, and counts what is in it. Panics when a reader breaks a promise.
pub(crate) fn walk(path: &Path) -> Result<usize> {
    let mut reader = open(&Replay { path: path.to_owned(), once: false, rate: None })?;
    let facts = reader.facts();
    assert!(facts.size.is_valid() && facts.room > 0 && facts.rate.period_ns() > 0);
    assert_eq!(facts.memories().iter().sum::<usize>(), facts.room);
    let (mut items, mut place) = (0, 0);
    for round in 0..MOST_RUNS {
        let before = place;
        let begun = reader.begin(&mut place);
        if round > 0 && place <= before {
            // The first run again.
            break;
        }
        match begun {
            Ok(()) => items += run(&mut *reader)?,
            // A start that failed when it was recorded.
            Err(_) if place > before => {}
            Err((error, _)) => return Err(error),
        }
    }
    Ok(items)
}

fn run(reader: &mut dyn Reader) -> Result<usize> {
    let facts = reader.facts();
    let mut room = vec![0; facts.room.min(ROOM)];
    let (mut newest, mut items) = (0, 0);
    while let Some(item) = reader.next()?
        && items < MOST_ITEMS
    {
        items += 1;
        let time_ns = match item {
            Item::Picture(picture) => {
                if let Some(length) = reader.read(&mut room)? {
                    assert!(facts.fits(length));
                    let layout = facts.layout(length);
                    assert!((0..layout.memory_count()).map(|memory| layout.memory_length(memory)).sum::<usize>() > 0);
                }
                picture.time_ns
            }
            Item::Damaged { time_ns, .. } => time_ns,
            Item::End { .. } | Item::Silence => break,
        };
        assert!(time_ns >= newest, "times never go back");
        newest = time_ns;
    }
    Ok(items)
}
