//! Every order in which an operation can end while the application dispatches, or leaves.

use super::*;
use crate::error::Code;
use crate::runtime::Mode;
use crate::sync::model::{explore, explore_within, spawn};
use std::sync::Mutex as Plain;

type Results = Arc<Plain<Vec<Result<()>>>>;

fn completion(dispatcher: &Arc<Dispatcher>) -> (Completion, Results) {
    let results = Results::default();
    let sink = results.clone();
    let completion = Completion::new(dispatcher.clone(), move |result| sink.lock().unwrap().push(result));
    (completion.unwrap(), results)
}

/// One operation ends, one is dropped without a result, and the application dispatches and then
/// ends: each is told once, with its own result, before the end is over.
#[test]
fn each_is_told_once_whenever_it_ends() {
    explore(|| {
        let dispatcher = Dispatcher::new(Mode::Caller).unwrap();
        let (one, told) = completion(&dispatcher);
        let (other, dropped) = completion(&dispatcher);
        let threads = [spawn(move || one.complete(Ok(()))), spawn(move || drop(other))];
        dispatcher.dispatch().unwrap();
        dispatcher.shut_down();
        assert_eq!(told.lock().unwrap().len(), 1, "the end waits for what was promised");
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(*told.lock().unwrap(), [Ok(())]);
        let dropped = dropped.lock().unwrap();
        assert_eq!(dropped.len(), 1);
        assert_eq!(dropped[0].as_ref().unwrap_err().code(), Code::ServiceFatalError);
    });
}

/// The same where the library dispatches on its own thread.
#[test]
fn each_is_told_once_by_the_librarys_thread() {
    explore_within(6, || {
        let dispatcher = Dispatcher::new(Mode::Library).unwrap();
        let (one, told) = completion(&dispatcher);
        let (other, dropped) = completion(&dispatcher);
        let thread = spawn(move || one.complete(Ok(())));
        drop(other);
        dispatcher.shut_down();
        thread.join().unwrap();
        assert_eq!((told.lock().unwrap().len(), dropped.lock().unwrap().len()), (1, 1));
    });
}
