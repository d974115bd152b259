//! The nodes as they were seen last, and which of them are looked at again.
//!
//! To open a node may wake a sleeping camera, so only those are opened that something was told of.
//!
//! A node that has just come may not be ready: the driver still sets it up (ENODEV, EBUSY), udev
//! has not given it its mode (EACCES) or its name yet. It is looked at again after growing times,
//! a bounded number of times. For the first few it is kept back, so that it is listed once, as
//! what it is; then it is listed as what it looks like.

use super::super::enumerate::{Known, Look, Roots, name};
use super::super::identity;
use crate::backend::Present;
use crate::error::Result;
use crate::runtime::Log;
use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::MetadataExt;
use std::time::Duration;

/// How long to wait before each further look.
const DELAYS_MS: [u64; 9] = [10, 20, 40, 80, 160, 320, 640, 1280, 2560];

/// After so many further looks a node is not kept back any more: 150 ms after the first.
const KEPT_BACK: u32 = 4;

/// What was told since the last look.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// Something may have been missed.
    pub(super) all: bool,
    /// Nodes with news.
    pub(super) nodes: BTreeSet<u32>,
    /// Ids of cameras that were found gone, or may be back.
    pub(super) doubted: BTreeSet<String>,
    /// The time to look again has come.
    pub(super) again: bool,
}

/// Another device, another stamp. Device nodes are made anew for each; their numbers are not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp(u64, u64, u64);

struct Entry {
    stamp: Stamp,
    look: Look,
    plugged: u64,
    /// Was listed.
    listed: bool,
    /// Further looks so far, while it is not settled.
    looks: Option<u32>,
    /// A stream found it gone: that it can be opened does not count yet, because the node may be
    /// on its way out.
    doubted: bool,
}

/// Every node.
#[derive(Default)]
pub(super) struct Nodes {
    entries: BTreeMap<u32, Entry>,
    plugged: u64,
    /// The first list is complete: nothing is kept back.
    begun: bool,
    /// Lists in a row that failed.
    failures: usize,
}

impl Nodes {
    /// Looks at what `told` asks for and at what is new. Afterwards `present` has the answer. On
    /// failure nothing is lost: the next one looks at everything.
    pub(super) fn refresh(&mut self, roots: &Roots, told: &Told, log: &Log) -> Result<()> {
        let numbers = roots.nodes().inspect_err(|_| self.failures += 1)?;
        let all = told.all || std::mem::take(&mut self.failures) > 0;
        let stamped: BTreeMap<u32, Stamp> =
            numbers.into_iter().filter_map(|node| Some((node, stamp(roots, node)?))).collect();
        self.entries.retain(|node, entry| stamped.get(node) == Some(&entry.stamp));
        let links = identity::links(&roots.dev);
        for (node, stamp) in stamped {
            let Some(entry) = self.entries.get_mut(&node) else {
                let look = roots.look(node, &links, None, log);
                let looks = (!look.settled).then_some(0);
                self.plugged += 1;
                let (plugged, listed) = (self.plugged, !self.begun);
                self.entries.insert(node, Entry { stamp, look, plugged, listed, looks, doubted: false });
                continue;
            };
            let known = entry.look.known.as_ref();
            let doubted = known.is_some_and(|known| told.doubted.contains(&known.info.id));
            let due = told.again && entry.looks.is_some_and(|looks| (looks as usize) < DELAYS_MS.len());
            let relinked = known.is_some_and(|known| {
                let link = links.get(&format!("video{node}"));
                known.place.unit.is_some()
                    && link.is_some()
                    && (known.place.link.as_ref() != link || !entry.look.settled)
            });
            // Of a camera that is gone nobody knows which id it will have.
            let back = known.is_none() && !entry.look.settled && !told.doubted.is_empty();
            if !(all || told.nodes.contains(&node) || doubted || due || relinked || back) {
                continue;
            }
            let was_there = known.is_some();
            entry.doubted |= doubted;
            let looks = match entry.looks {
                _ if doubted => 0,
                Some(looks) if due => looks + 1,
                // Kept back no longer for being told of again.
                Some(looks) => looks.min(KEPT_BACK),
                None => 0,
            };
            entry.look_again(roots.look(node, &links, known, log), looks);
            if was_there && entry.look.known.is_none() {
                // When it is back, it was plugged in anew.
                self.plugged += 1;
                (entry.plugged, entry.listed) = (self.plugged, false);
            }
        }
        self.begun = true;
        let known = self.entries.values_mut().filter_map(|entry| entry.look.known.as_mut());
        name(&mut known.collect::<Vec<_>>());
        Ok(())
    }

    /// The cameras to list, which are then known to be listed.
    pub(super) fn present(&mut self) -> Vec<Present> {
        let list = |entry: &mut Entry| {
            let info = entry.look.known.as_ref()?.info.clone();
            let kept_back = entry.looks.is_some_and(|looks| looks < KEPT_BACK);
            entry.listed |= !kept_back;
            entry.listed.then_some(Present { info, plugged: entry.plugged })
        };
        self.entries.values_mut().filter_map(list).collect()
    }

    /// Every camera, kept back or not.
    pub(super) fn known(&self) -> Vec<Known> {
        self.entries.values().filter_map(|entry| entry.look.known.clone()).collect()
    }

    /// How long to wait before looking again; `None` when everything is as it will be.
    pub(super) fn wait(&self) -> Option<Duration> {
        let looks = self.entries.values().filter_map(|entry| entry.looks).map(|looks| looks as usize);
        let failures = (self.failures > 0).then_some(self.failures);
        let least = looks.chain(failures).filter(|looks| *looks < DELAYS_MS.len()).min()?;
        Some(Duration::from_millis(DELAYS_MS[least]))
    }
}

impl Entry {
    fn look_again(&mut self, look: Look, looks: u32) {
        self.look = look;
        if looks >= KEPT_BACK {
            self.doubted = false;
        }
        self.listed &= !self.doubted;
        self.looks = (!self.look.settled || self.doubted).then_some(looks);
    }
}

fn stamp(roots: &Roots, node: u32) -> Option<Stamp> {
    // Not followed: the name itself is what comes and goes.
    let metadata = std::fs::symlink_metadata(roots.path(node)).ok()?;
    Some(Stamp(metadata.dev(), metadata.ino(), metadata.rdev()))
}
