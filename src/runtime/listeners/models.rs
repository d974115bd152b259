//! Every order in which a listener can be called, taken away and told of.

use super::*;
use crate::runtime::Mode;
use crate::sync::atomic::{AtomicU32, Ordering};
use crate::sync::model::{explore, spawn};

/// What a listener does: it is inside for a while.
#[derive(Clone, Default)]
struct Witness {
    inside: Arc<AtomicU32>,
    calls: Arc<AtomicU32>,
    destroyed: Arc<AtomicU32>,
}

/// Of what the listener owns; its destructor is the application's.
struct Guard(Witness);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.destroyed.fetch_add(1, Ordering::Relaxed);
    }
}

impl Witness {
    fn listener(&self) -> impl Fn(&u32) + Send + Sync + use<> {
        let guard = Guard(self.clone());
        move |_| guard.0.call(|| ())
    }

    fn call(&self, inside: impl FnOnce()) {
        self.inside.store(1, Ordering::Relaxed);
        self.calls.store(self.calls.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        inside();
        self.inside.store(0, Ordering::Relaxed);
    }

    fn is_inside(&self) -> bool {
        self.inside.load(Ordering::Relaxed) == 1
    }

    fn calls(&self) -> u32 {
        self.calls.load(Ordering::Relaxed)
    }

    fn destroyed(&self) -> u32 {
        self.destroyed.load(Ordering::Relaxed)
    }
}

fn listeners() -> (Arc<Dispatcher>, Arc<Listeners<u32>>) {
    let dispatcher = Dispatcher::new(Mode::Caller).unwrap();
    (dispatcher.clone(), Arc::new(Listeners::new(dispatcher)))
}

/// A listener is removed while another thread delivers: when that returns, no call is running, the
/// listener is destroyed, and none follows.
#[test]
fn removed_means_not_running_and_never_called_again() {
    explore(|| {
        let (dispatcher, listeners) = listeners();
        let witness = Witness::default();
        let id = listeners.add(witness.listener());
        listeners.emit(1);
        let other = dispatcher.clone();
        let thread = spawn(move || other.dispatch().map(|_| ()));
        assert!(listeners.remove(id));
        assert!(!witness.is_inside());
        assert_eq!(witness.destroyed(), 1);
        let calls = witness.calls();
        listeners.emit(2);
        thread.join().unwrap().unwrap();
        dispatcher.dispatch().unwrap();
        assert_eq!(witness.calls(), calls);
    });
}

/// Two threads remove the same listener: one of them does, and its call has ended for both.
#[test]
fn of_two_that_remove_one_does() {
    explore(|| {
        let (dispatcher, listeners) = listeners();
        let witness = Witness::default();
        let id = listeners.add(witness.listener());
        listeners.emit(1);
        let (own, other) = (listeners.clone(), dispatcher.clone());
        let remover = spawn(move || own.remove(id));
        let thread = spawn(move || other.dispatch().map(|_| ()));
        let removed = listeners.remove(id);
        assert!(!removed || !witness.is_inside());
        assert!(removed != remover.join().unwrap());
        thread.join().unwrap().unwrap();
        assert_eq!(witness.destroyed(), 1);
    });
}

/// The object is released while another thread tells of it: what it told before is heard, what it
/// tells after is not, and the listener is destroyed once, behind all that.
#[test]
fn those_that_end_behind_hear_what_was_told_before() {
    explore(|| {
        let (dispatcher, listeners) = listeners();
        let witness = Witness::default();
        listeners.add(witness.listener());
        let own = listeners.clone();
        let thread = spawn(move || own.emit(1));
        listeners.emit(2);
        listeners.end_behind();
        listeners.emit(3);
        thread.join().unwrap();
        assert_eq!(witness.destroyed(), 0, "that is the dispatcher's");
        while dispatcher.dispatch().unwrap() > 0 {}
        assert!((1..=2).contains(&witness.calls()), "{}", witness.calls());
        assert_eq!(witness.destroyed(), 1);
    });
}

fn listener(waits: &Arc<Waits>, callback: impl Fn(&()) + Send + Sync + 'static) -> Arc<Listener<()>> {
    let state = ListenerState { callback: Some(Arc::new(Box::new(callback) as Callback<()>)), running: None };
    Arc::new(Listener { id: 1, waits: waits.clone(), state: Mutex::new(state), ended: Condvar::new() })
}

/// Two callbacks on two threads that take each other away: neither waits for ever, and one of the
/// two at least has waited for the end of the other.
#[test]
fn two_that_take_each_other_away_both_end() {
    explore(|| {
        let waits = Arc::new(Waits::default());
        let witness = [Witness::default(), Witness::default()];
        let slots: Arc<[Mutex<Option<Arc<Listener<()>>>>; 2]> = Arc::new([Mutex::new(None), Mutex::new(None)]);
        // How many found the other at work when their taking away had returned.
        let unfinished = Arc::new(AtomicU32::new(0));
        for own in [0, 1] {
            let (witness, others, unfinished) = (witness.clone(), slots.clone(), unfinished.clone());
            let made = listener(&waits, move |()| {
                witness[own].call(|| {
                    let other = others[1 - own].lock().clone();
                    if let Some(other) = other {
                        other.end();
                        if witness[1 - own].is_inside() {
                            unfinished.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                });
            });
            *slots[own].lock() = Some(made);
        }
        let second = slots[1].lock().clone().unwrap();
        let thread = spawn(move || second.call(&()));
        let first = slots[0].lock().clone().unwrap();
        first.call(&());
        thread.join().unwrap();
        assert!(unfinished.load(Ordering::Relaxed) <= 1);
        // The circle of callbacks and listeners.
        for slot in &*slots {
            *slot.lock() = None;
        }
    });
}

/// A thread that waited for a call waits no more when that has ended, even before it has found out:
/// who takes its own callback away then waits for it.
#[test]
fn who_has_been_waiting_is_waited_for() {
    explore(|| {
        let waits = Arc::new(Waits::default());
        let awaited = listener(&waits, |()| ());
        let (witness, taken) = (Witness::default(), awaited.clone());
        let own = witness.clone();
        // Is inside while it waits for the end of the other's call.
        let waiting = listener(&waits, move |()| own.call(|| taken.end()));
        let called = waiting.clone();
        let thread = spawn(move || called.call(&()));
        awaited.call(&());
        // As the next callback on this thread.
        waiting.end();
        assert!(!witness.is_inside(), "it was taken away, and its call goes on");
        thread.join().unwrap();
    });
}
