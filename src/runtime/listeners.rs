//! Who wants to hear of an event.
//!
//! An event is delivered by the dispatcher, so listeners of one manager never run at the same
//! time. A listener may register and unregister others, and itself. Unregistering returns when
//! no call of the listener is running (from inside it: this call is the last), and its
//! destructor has then run, or, from inside, runs as the call returns.

use super::Dispatcher;
use super::waits::Waits;
use crate::sync::{Arc, Condvar, Mutex, ThreadToken};

type Callback<E> = Box<dyn Fn(&E) + Send + Sync>;

struct ListenerState<E> {
    /// Gone once unregistered.
    callback: Option<Arc<Callback<E>>>,
    running: Option<ThreadToken>,
}

struct Listener<E> {
    id: u64,
    waits: Arc<Waits>,
    state: Mutex<ListenerState<E>>,
    ended: Condvar,
}

impl<E> Listener<E> {
    fn call(&self, event: &E) {
        let callback = {
            let mut state = self.state.lock();
            let Some(callback) = state.callback.clone() else { return };
            state.running = Some(ThreadToken::current());
            callback
        };
        callback(event);
        drop(callback);
        let mut state = self.state.lock();
        state.running = None;
        self.waits.over(self.call_number());
        drop(state);
        self.ended.notify_all();
    }

    /// Unlike that of any other callback while somebody holds this one.
    fn call_number(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    /// Takes the callback away, for the caller to drop; a call that is running goes on.
    fn discard(&self) -> Option<Arc<Callback<E>>> {
        self.state.lock().callback.take()
    }

    /// As `discard`, and waits for a call on another thread to end.
    fn end(&self) {
        let mut state = self.state.lock();
        let callback = state.callback.take();
        while let Some(thread) = state.running
            && let Some(wait) = self.waits.begin(thread, self.call_number())
        {
            self.ended.wait(&mut state);
            drop(wait);
        }
        drop(state);
        drop(callback);
    }
}

/// The listeners of one kind of event on one object.
pub(crate) struct Listeners<E> {
    dispatcher: Arc<Dispatcher>,
    list: Mutex<(u64, Vec<Arc<Listener<E>>>)>,
}

impl<E: Send + Sync + 'static> Listeners<E> {
    pub(crate) fn new(dispatcher: Arc<Dispatcher>) -> Self {
        Listeners { dispatcher, list: Mutex::new((0, Vec::new())) }
    }

    /// Adds a listener and returns its number, which is never 0 and never used again.
    pub(crate) fn add(&self, callback: impl Fn(&E) + Send + Sync + 'static) -> u64 {
        self.insert(callback).id
    }

    /// As `add`, and tells the new listener alone what was before. Whoever emits must be kept from
    /// it meanwhile.
    pub(crate) fn add_behind(&self, before: Vec<E>, callback: impl Fn(&E) + Send + Sync + 'static) -> u64 {
        let listener = self.insert(callback);
        let id = listener.id;
        self.dispatcher.post(move || before.iter().for_each(|event| listener.call(event)));
        id
    }

    fn insert(&self, callback: impl Fn(&E) + Send + Sync + 'static) -> Arc<Listener<E>> {
        let state = ListenerState { callback: Some(Arc::new(Box::new(callback) as Callback<E>)), running: None };
        let mut list = self.list.lock();
        list.0 += 1;
        let waits = self.dispatcher.waits().clone();
        let listener = Arc::new(Listener { id: list.0, waits, state: Mutex::new(state), ended: Condvar::new() });
        list.1.push(listener.clone());
        listener
    }

    /// Does nobody listen?
    pub(crate) fn is_empty(&self) -> bool {
        self.list.lock().1.is_empty()
    }

    /// Removes a listener; false when there is none with this number.
    pub(crate) fn remove(&self, id: u64) -> bool {
        let found = {
            let mut list = self.list.lock();
            let position = list.1.iter().position(|listener| listener.id == id);
            position.map(|position| list.1.remove(position))
        };
        found.is_some_and(|listener| {
            listener.end();
            true
        })
    }

    /// Removes every listener, because the object is released: what they were told before still
    /// reaches them, and they end behind it. Does not wait for one that is running, because it may
    /// itself be waiting for the operation that releases the object. For the same reason their
    /// destructors, which are application code, are left to the dispatcher: here it is the object's
    /// turn in its queue, perhaps on a worker.
    pub(crate) fn end_behind(&self) {
        let all = std::mem::take(&mut self.list.lock().1);
        if !all.is_empty() {
            self.dispatcher.post(move || all.iter().for_each(|listener| drop(listener.discard())));
        }
    }

    /// Tells everyone who listens now.
    pub(crate) fn emit(&self, event: E) {
        let listeners = self.list.lock().1.clone();
        if listeners.is_empty() {
            return;
        }
        self.dispatcher.post(move || {
            for listener in listeners {
                listener.call(&event);
            }
        });
    }
}

#[cfg(all(test, loom))]
mod models;

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::runtime::Mode;
    use crate::sync::atomic::{AtomicUsize, Ordering};

    struct CountDrop(Arc<AtomicUsize>);
    impl Drop for CountDrop {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn removed_from_inside_it_was_the_last_call_and_is_destroyed() {
        let dispatcher = Dispatcher::new(Mode::Caller).unwrap();
        let listeners = Arc::new(Listeners::<u32>::new(dispatcher.clone()));
        let (calls, drops) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let own = Arc::new(Mutex::new(0));
        let (inside, id, count, guard) = (listeners.clone(), own.clone(), calls.clone(), CountDrop(drops.clone()));
        *own.lock() = listeners.add(move |_| {
            let _ = &guard;
            count.fetch_add(1, Ordering::SeqCst);
            let id = *id.lock();
            inside.remove(id);
        });
        listeners.emit(1);
        listeners.emit(2);
        dispatcher.dispatch().unwrap();
        assert_eq!((calls.load(Ordering::SeqCst), drops.load(Ordering::SeqCst)), (1, 1));
    }

    #[test]
    fn those_that_end_behind_hear_what_came_before_and_nothing_after() {
        let dispatcher = Dispatcher::new(Mode::Caller).unwrap();
        let listeners = Listeners::<u32>::new(dispatcher.clone());
        let (sum, drops) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (total, guard) = (sum.clone(), CountDrop(drops.clone()));
        listeners.add(move |event| {
            let _ = &guard;
            total.fetch_add(*event as usize, Ordering::SeqCst);
        });
        listeners.emit(1);
        listeners.emit(10);
        listeners.end_behind();
        listeners.emit(100);
        assert_eq!(drops.load(Ordering::SeqCst), 0, "their destructors are the dispatcher's");
        dispatcher.dispatch().unwrap();
        assert_eq!((sum.load(Ordering::SeqCst), drops.load(Ordering::SeqCst)), (11, 1));
    }

    #[test]
    fn removing_waits_for_a_call_on_another_thread() {
        let dispatcher = Dispatcher::new(Mode::Library).unwrap();
        let listeners = Listeners::<()>::new(dispatcher.clone());
        let (sender, receiver) = std::sync::mpsc::channel();
        let done = Arc::new(AtomicUsize::new(0));
        let finished = done.clone();
        let id = listeners.add(move |()| {
            sender.send(()).unwrap();
            std::thread::sleep(std::time::Duration::from_millis(30));
            finished.store(1, Ordering::SeqCst);
        });
        listeners.emit(());
        receiver.recv().unwrap();
        assert!(listeners.remove(id));
        assert_eq!(done.load(Ordering::SeqCst), 1);
        assert!(!listeners.remove(id));
        dispatcher.shut_down();
    }
}
